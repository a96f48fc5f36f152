import type { DkmsConf } from './dkms-conf.ts';
import { type JudgedKernel, judgeExclusive } from './exclusive.ts';
import type { KernelRange } from './module-source.ts';
import { standingOf } from './range.ts';

/** What a source says of the kernels that it is for. */
export interface Stated {
  /** META of OpenZFS. */
  range: KernelRange;
  /** What its dkms.conf says, where it has one. */
  conf?: DkmsConf;
}

/** What kernels are told apart by, beside their releases. */
export interface KernelFacts {
  /** As `uname -m` says it (default `x86_64`, which images are built for). */
  machine?: string;
  /** Options that are set to y or m, by kernel; those of other kernels are not at hand. */
  options?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Whether nothing that the source says speaks against a kernel. */
export function supports(
  release: string,
  { range, conf }: Stated,
  facts: KernelFacts = {},
): boolean {
  if (standingOf(release, range) !== 'inside') return false;
  return !conf || judgeExclusive(conf, judgedKernel(release, facts)).exclusions.length === 0;
}

/** A kernel as a dkms.conf judges it. */
export function judgedKernel(release: string, facts: KernelFacts): JudgedKernel {
  const { machine = 'x86_64', options } = facts;
  return { release, machine, options: options?.get(release) };
}
