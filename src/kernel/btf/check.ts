import { LockstepError } from '../../system/error.ts';
import type { BtfRules } from '../version/loader.ts';
import type { Btf } from './format.ts';
import { parseBtf } from './parse.ts';
import { checkRelocation } from './relocate.ts';
import { checkTypes, listTypes } from './types.ts';

export type { Btf } from './format.ts';

/** The sections of a module that hold type information. */
export interface ModuleBtf {
  /** `.BTF` */
  types: Uint8Array;
  /** `.BTF.base`, since Linux 6.11: what the module needs of the kernel's types. */
  base: Uint8Array | undefined;
}

/** The type information of a kernel (`.BTF` of its image); throws `invalid-content`. */
export function readKernelBtf(content: Uint8Array, rules: BtfRules, little = true): Btf {
  const btf = parseBtf(content, { rules, little });
  listTypes(btf);
  return btf;
}

/** Why any kernel refuses header or parts of it; undefined when they are right. */
export function checkBtfParts(
  types: Uint8Array,
  rules: BtfRules,
  little = true,
): string | undefined {
  const nothing = {
    rules,
    little,
    types: [],
    firstType: 0,
    firstString: 0,
    typesAt: 0,
    typesEnd: 0,
  };
  const bytes = Buffer.alloc(0);
  const base = { ...nothing, bytes, view: new DataView(new ArrayBuffer(0)), strings: bytes };
  return reasonOf(() => parseBtf(types, { rules, little, base: { ...base, base: undefined } }));
}

/**
 * Why a kernel refuses the type information of a module; undefined when it takes it
 * (`btf_parse_module`, kernel/bpf/btf.c).
 */
export function checkModuleBtf(module: ModuleBtf, kernel: Btf): string | undefined {
  const { rules, little } = kernel;
  return reasonOf(() => {
    const distilled =
      rules.hasBase && module.base ? parseBtf(module.base, { rules, little }) : undefined;
    if (distilled) checkTypes(distilled);
    const split = parseBtf(module.types, { rules, little, base: distilled ?? kernel });
    checkTypes(split);
    if (distilled) checkRelocation(split, kernel);
  });
}

function reasonOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'invalid-content') return error.message;
    throw error;
  }
}
