import * as schema1_0 from '../fcos/v1_0/schema.ts';
import * as translate1_0 from '../fcos/v1_0/translate.ts';
import * as validate1_0 from '../fcos/v1_0/validate.ts';
import * as schema1_1 from '../fcos/v1_1/schema.ts';
import * as translate1_1 from '../fcos/v1_1/translate.ts';
import * as validate1_1 from '../fcos/v1_1/validate.ts';
import * as schema1_2 from '../fcos/v1_2/schema.ts';
import * as translate1_2 from '../fcos/v1_2/translate.ts';
import * as validate1_2 from '../fcos/v1_2/validate.ts';
import * as schema1_3 from '../fcos/v1_3/schema.ts';
import * as translate1_3 from '../fcos/v1_3/translate.ts';
import * as validate1_3 from '../fcos/v1_3/validate.ts';
import * as schema1_4 from '../fcos/v1_4/schema.ts';
import * as translate1_4 from '../fcos/v1_4/translate.ts';
import * as validate1_4 from '../fcos/v1_4/validate.ts';
import * as schema1_5 from '../fcos/v1_5/schema.ts';
import * as translate1_5 from '../fcos/v1_5/translate.ts';
import * as validate1_5 from '../fcos/v1_5/validate.ts';
import * as schema1_6 from '../fcos/v1_6/schema.ts';
import * as translate1_6 from '../fcos/v1_6/translate.ts';
import * as validate1_6 from '../fcos/v1_6/validate.ts';
import * as schema1_7 from '../fcos/v1_7/schema.ts';
import * as translate1_7 from '../fcos/v1_7/translate.ts';
import * as validate1_7 from '../fcos/v1_7/validate.ts';
import * as schema1_8 from '../fcos/v1_8_experimental/schema.ts';
import * as translate1_8 from '../fcos/v1_8_experimental/translate.ts';
import * as validate1_8 from '../fcos/v1_8_experimental/validate.ts';
import { known } from './known.ts';

/** The versions for Fedora CoreOS, oldest first. */
export const fcos = [
  known('fcos 1.0.0', '3.0.0', { ...schema1_0, ...translate1_0, ...validate1_0 }),
  known('fcos 1.1.0', '3.1.0', { ...schema1_1, ...translate1_1, ...validate1_1 }),
  known('fcos 1.2.0', '3.2.0', { ...schema1_2, ...translate1_2, ...validate1_2 }),
  known('fcos 1.3.0', '3.2.0', { ...schema1_3, ...translate1_3, ...validate1_3 }),
  known('fcos 1.4.0', '3.3.0', { ...schema1_4, ...translate1_4, ...validate1_4 }),
  known('fcos 1.5.0', '3.4.0', { ...schema1_5, ...translate1_5, ...validate1_5 }),
  known('fcos 1.6.0', '3.5.0', { ...schema1_6, ...translate1_6, ...validate1_6 }),
  known('fcos 1.7.0', '3.6.0', { ...schema1_7, ...translate1_7, ...validate1_7 }),
  known('fcos 1.8.0-experimental', '3.7.0-experimental', {
    ...schema1_8,
    ...translate1_8,
    ...validate1_8,
  }),
];
