import { type Archive } from '../src/stream/debian/apt/archive.ts';
import type { PackageSet } from '../src/stream/debian/apt/package-set.ts';
import { resolvePackages } from '../src/stream/debian/apt/resolve.ts';
import { listKernels } from '../src/stream/debian/kernel.ts';
import { LockstepError } from '../src/system/error.ts';
import { only } from '../truth/kernels/toolchain.ts';
import type { Os } from './os.ts';

/** A kernel of Debian that becomes packages of the testbed. */
export interface ChosenKernel {
  /** The `uname -r` string, which is version and release of its RPMs with the dash between. */
  release: string;
  /** The kernel, its modules and its headers. */
  packages: PackageSet;
}

/** What belongs to one kernel: in one package, or from 7.0 on in four, and its headers in three. */
const PARTS = /^linux-(image|binary|modules|base|headers|kbuild)-\d/;

/** The releases that a version of the testbed can have, newest first. */
export async function kernelReleases(archive: Archive, os: Os): Promise<string[]> {
  const kernels = await listKernels(archive);
  return kernels
    .map(({ release }) => release)
    .filter((release) => os.kernels.test(release))
    .reverse();
}

/**
 * The newest kernel whose headers the archive still has, those after it, or one by its release;
 * `newest` is 0, the one before it 1.
 */
export async function chooseKernel(
  archive: Archive,
  os: Os,
  wanted: string | number,
): Promise<ChosenKernel> {
  let older = typeof wanted === 'number' ? wanted : 0;
  for (const release of await kernelReleases(archive, os)) {
    if (typeof wanted === 'string' && wanted !== release) continue;
    const packages = await withHeaders(archive, release, os);
    if (packages && older-- === 0) return { release, packages: only(packages, PARTS) };
  }
  throw new LockstepError('not-found', `${os.suite} has no kernel ${wanted} with its headers`, {
    hint: 'fetch the index anew with --refresh',
  });
}

/** Undefined when the archive dropped the headers, as it does for old kernels. */
async function withHeaders(
  archive: Archive,
  release: string,
  os: Os,
): Promise<PackageSet | undefined> {
  const suite = os.kernelSuite === os.suite ? '' : `/${os.kernelSuite}`;
  const packages = [`linux-image-${release}${suite}`, `linux-headers-${release}${suite}`];
  try {
    return await resolvePackages(archive, { packages, includeEssential: false });
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'not-found') return undefined;
    throw error;
  }
}
