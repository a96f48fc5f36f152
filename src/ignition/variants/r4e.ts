import * as schema1_0 from '../r4e/v1_0/schema.ts';
import * as translate1_0 from '../r4e/v1_0/translate.ts';
import * as validate1_0 from '../r4e/v1_0/validate.ts';
import * as schema1_1 from '../r4e/v1_1/schema.ts';
import * as translate1_1 from '../r4e/v1_1/translate.ts';
import * as validate1_1 from '../r4e/v1_1/validate.ts';
import * as schema1_2 from '../r4e/v1_2_experimental/schema.ts';
import * as translate1_2 from '../r4e/v1_2_experimental/translate.ts';
import * as validate1_2 from '../r4e/v1_2_experimental/validate.ts';
import { known } from './known.ts';

/** The versions for RHEL for Edge, oldest first. */
export const r4e = [
  known('r4e 1.0.0', '3.3.0', { ...schema1_0, ...translate1_0, ...validate1_0 }),
  known('r4e 1.1.0', '3.4.0', { ...schema1_1, ...translate1_1, ...validate1_1 }),
  known('r4e 1.2.0-experimental', '3.7.0-experimental', {
    ...schema1_2,
    ...translate1_2,
    ...validate1_2,
  }),
];
