import type { Rules } from '../schema/rules.ts';
import { compile, type Struct, type Structs } from '../schema/type.ts';

/** One version of Ignition: what its documents hold, and what must hold for them. */
export interface SpecVersion {
  version: string;
  structs: Structs;
  readonly struct: Struct;
  rules: Rules;
}

export function specVersion(
  version: string,
  parts: { structs: Structs; rules: Rules },
): SpecVersion {
  let struct: Struct | undefined;
  return {
    version,
    ...parts,
    // Most documents are of one version.
    get struct() {
      struct ??= compile(parts.structs);
      return struct;
    },
  };
}
