import type { KernelFacts, Stated } from '../../source/support.ts';
import type { ArchiveKernel } from '../../stream/debian/kernel.ts';

/** What the gate looks at of a module. */
export interface CompatModule extends Stated {
  name: string;
  version: string;
  options: readonly string[];
}

export interface CompatRequest extends KernelFacts {
  /** The kernel releases to build for, oldest first. */
  kernels: readonly string[];
  modules: readonly CompatModule[];
  /** Kernels of the archive, oldest first; without them no other kernel is proposed. */
  archive?: readonly ArchiveKernel[];
}
