import * as schema1_0 from '../fiot/v1_0/schema.ts';
import * as translate1_0 from '../fiot/v1_0/translate.ts';
import * as validate1_0 from '../fiot/v1_0/validate.ts';
import * as schema1_1 from '../fiot/v1_1_experimental/schema.ts';
import * as translate1_1 from '../fiot/v1_1_experimental/translate.ts';
import * as validate1_1 from '../fiot/v1_1_experimental/validate.ts';
import { known } from './known.ts';

/** The versions for Fedora IoT, oldest first. */
export const fiot = [
  known('fiot 1.0.0', '3.4.0', { ...schema1_0, ...translate1_0, ...validate1_0 }),
  known('fiot 1.1.0-experimental', '3.7.0-experimental', {
    ...schema1_1,
    ...translate1_1,
    ...validate1_1,
  }),
];
