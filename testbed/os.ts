import { join } from 'node:path';
import { type Archive, openArchive } from '../src/stream/debian/apt/archive.ts';
import type { Place } from '../truth/kernels/place.ts';

/** One version of the testbed distribution, and the Debian suite that it is made of. */
export interface Os {
  /** `VERSION_ID`; the distribution that it plays counts like this. */
  version: string;
  /** Where all but the kernel comes from. */
  suite: string;
  /** Where kernels come from. */
  kernelSuite: string;
  /** Which of its kernels: rpm knows only one dash, so no flavour but the generic one will do. */
  kernels: RegExp;
  /** The compiler that the kernels were built with. */
  compiler: string;
}

/** An older version with kernels that all OpenZFS 2.3 know, and a newer with kernels that few know. */
export const OS_VERSIONS: readonly Os[] = [
  {
    version: '41',
    suite: 'bookworm',
    kernelSuite: 'bookworm',
    kernels: /^6\.12\.\d+\+deb12(\.\d+)?-amd64$/,
    compiler: 'gcc-12',
  },
  {
    version: '42',
    suite: 'trixie',
    kernelSuite: 'trixie-backports',
    kernels: /^7\.\d+\.\d+\+deb13(\.\d+)?-amd64$/,
    compiler: 'gcc-14',
  },
];

/**
 * The Debian archive of a version with its index of sources. Indexes that were fetched before are
 * used as they are unless `refresh` is set.
 */
export async function archiveOf(os: Os, place: Place, refresh: boolean): Promise<Archive> {
  const suites = [os.suite, `${os.suite}-backports`];
  const request = { suites, components: ['main', 'contrib'], architecture: 'amd64' };
  const options = { folder: join(place.cache, 'apt'), env: place.env, withSources: true };
  if (refresh) return openArchive(request, options);
  return openArchive(request, { ...options, refresh: false }).catch(() =>
    openArchive(request, options),
  );
}
