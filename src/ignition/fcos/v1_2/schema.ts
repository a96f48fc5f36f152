/** fcos 1.2 adds what 1.1 does. */
export { added } from '../v1_1/schema.ts';
