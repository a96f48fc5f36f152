/** fcos 1.4 adds what 1.3 does. */
export { added } from '../v1_3/schema.ts';
