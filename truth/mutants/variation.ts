import type { Family } from '../family/build.ts';

/** One way to change one member of the family. */
export interface Variation {
  /** What was done, in words that fit into a table. */
  name: string;
  /** The member that is changed. */
  of: string;
  change: (module: Buffer) => Buffer;
  /** A section without which the change makes no sense; such modules are passed over. */
  needs?: string;
  /** What is loaded before, when it is not what the member itself needs. */
  before?: (family: Family) => readonly Buffer[];
}

/** The member's bytes; it must be there. */
export function memberOf(family: Family, name: string): Buffer {
  const module = family.get(name);
  if (!module) throw new Error(`the family has no member ${name}`);
  return module;
}
