import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../family/build.ts';
import type { Kernel } from '../kernels/kernel.ts';

/** A module of a kernel's own tree, decompressed, and what must be loaded before it. */
export interface TreeModule {
  module: Buffer;
  before: readonly Buffer[];
}

/** A kernel with everything that is loaded into it. */
export interface Subject {
  kernel: Kernel;
  /** Unsigned, as the compiler left them. */
  family: Family;
  /** Modules of its own tree by name. */
  tree: ReadonlyMap<string, TreeModule>;
  /** Modules of its own tree that the family needs, as they must be loaded. */
  needed: ReadonlyMap<string, readonly Buffer[]>;
}

/** One module to load into one kernel. */
export interface Case {
  /** Under which heading the table counts it. */
  heading: string;
  /** The module and what was done to it, in words. */
  name: string;
  /** File name, which tells compression. */
  file: string;
  module: Buffer;
  /** What is loaded before, in order. */
  before: readonly Buffer[];
  how: 'direct' | 'kmod';
  /** True when the bytes are final; others are signed for a kernel that wants it. */
  sealed?: boolean;
}

/** Cases without those that load the very same bytes in the very same way. */
export function distinct(cases: readonly Case[]): Case[] {
  const seen = new Map<string, Case[]>();
  return cases.filter((one) => {
    const key = `${one.how}:${one.module.length}:${one.before.length}:${one.file}`;
    const alike = seen.get(key) ?? [];
    if (alike.some((other) => loadsTheSame(one, other))) return false;
    seen.set(key, [...alike, one]);
    return true;
  });
}

function loadsTheSame(one: Case, other: Case): boolean {
  return one.module.equals(other.module) && isDeepStrictEqual(one.before, other.before);
}
