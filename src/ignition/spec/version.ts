import type { Rules } from '../schema/rules.ts';
import { compile, type Struct, type Structs } from '../schema/type.ts';

/** One version of Ignition: what its documents hold, and what must hold for them. */
export interface SpecVersion {
  version: string;
  structs: Structs;
  struct: Struct;
  rules: Rules;
}

export function specVersion(
  version: string,
  parts: { structs: Structs; rules: Rules },
): SpecVersion {
  return { version, ...parts, struct: compile(parts.structs) };
}
