/** Ignition 3.6 has the fields of 3.5. */
export { structs } from '../v3_5/schema.ts';
