import * as schema1_0 from '../flatcar/v1_0/schema.ts';
import * as translate1_0 from '../flatcar/v1_0/translate.ts';
import * as validate1_0 from '../flatcar/v1_0/validate.ts';
import * as schema1_1 from '../flatcar/v1_1/schema.ts';
import * as translate1_1 from '../flatcar/v1_1/translate.ts';
import * as validate1_1 from '../flatcar/v1_1/validate.ts';
import * as schema1_2 from '../flatcar/v1_2_experimental/schema.ts';
import * as translate1_2 from '../flatcar/v1_2_experimental/translate.ts';
import * as validate1_2 from '../flatcar/v1_2_experimental/validate.ts';
import { known } from './known.ts';

/** The versions for Flatcar, oldest first. */
export const flatcar = [
  known('flatcar 1.0.0', '3.3.0', { ...schema1_0, ...translate1_0, ...validate1_0 }),
  known('flatcar 1.1.0', '3.4.0', { ...schema1_1, ...translate1_1, ...validate1_1 }),
  known('flatcar 1.2.0-experimental', '3.7.0-experimental', {
    ...schema1_2,
    ...translate1_2,
    ...validate1_2,
  }),
];
