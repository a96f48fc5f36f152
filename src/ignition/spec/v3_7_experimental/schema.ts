/** Ignition 3.7, not final: the fields of 3.6. */
export { structs } from '../v3_6/schema.ts';
