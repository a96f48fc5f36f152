import { LockstepError } from '../../system/error.ts';
import { remembered } from '../../system/remember.ts';
import { type Archive, releaseOf } from './apt/archive.ts';
import { aptFailure } from './apt/failure.ts';
import { findPackage, type PackageSet } from './apt/package-set.ts';
import { answersOf, apt } from './apt/private-apt.ts';
import { resolvePackages } from './apt/resolve.ts';
import { show } from './apt/show.ts';
import { baseSuiteOf, isBackports } from './apt/suites.ts';
import { compareDebianVersions } from './version.ts';

/** A kernel that the archive offers. */
export interface ArchiveKernel {
  /** The `uname -r` string. */
  release: string;
  /** Package that holds it. */
  package: string;
  version: string;
  /** What follows the version in the release: `cloud-amd64`, `amd64`, `rt-amd64`. */
  flavour: string;
}

/** A Debian base, resolved: which kernel, and every package of its root. */
export interface DebianBase {
  suite: string;
  codename: string;
  /** The major version of Debian (`12`); the code name for suites without one. */
  osVersion: string;
  kernelRelease: string;
  kernelPackage: { name: string; version: string };
  /** The package with the headers of exactly this kernel. */
  headersPackage: string;
  packages: PackageSet;
}

export interface DebianBaseRequest {
  suite: string;
  /** A kernel package, exact or a meta package that follows the newest. */
  kernel: string;
  /** What else the root holds. */
  packages?: readonly string[];
}

/** Meta packages name no patch level (`linux-image-6.12-amd64`), kernels do. */
const IMAGE = /^linux-image-(\d+\.\d+\.\d[^\s,(|:]*)$/;

/**
 * Resolves the root of a Debian base: the essential packages, the kernel and the packages asked
 * for. A kernel that is followed in a backports suite is taken from there, all else from its base suite
 * unless a package says otherwise (`name/suite`). Throws `not-found` for an unknown kernel.
 */
export async function resolveDebianBase(
  archive: Archive,
  request: DebianBaseRequest,
): Promise<DebianBase> {
  const { suite, kernel } = request;
  const follows = releaseOfPackage(kernel) == null;
  const asked = follows && isBackports(suite) ? `${kernel}/${suite}` : kernel;
  const packages = await resolvePackages(archive, {
    packages: [asked, ...(request.packages ?? [])],
  });
  const image = imageOf(packages, kernel);
  const kernelRelease = releaseOfPackage(image.name) ?? '';
  const { codename, version } = await releaseOf(archive, baseSuiteOf(suite));
  return {
    suite,
    codename,
    osVersion: version?.split('.')[0] ?? codename,
    kernelRelease,
    kernelPackage: { name: image.name, version: image.version },
    headersPackage: `linux-headers-${kernelRelease}`,
    packages,
  };
}

/** Every kernel that the archive's suites offer, in the order of their Debian versions. */
export function listKernels(archive: Archive): Promise<ArchiveKernel[]> {
  return remembered(answersOf(archive), { lists: archive.lists, kernels: true }, () =>
    findKernels(archive),
  );
}

async function findKernels(archive: Archive): Promise<ArchiveKernel[]> {
  const names = await apt(archive, 'apt-cache', ['pkgnames', 'linux-image-'], { lock: 'shared' });
  if (names.status !== 0) throw aptFailure('the package index cannot be read', names.stderr);
  const exact = names.stdout.split('\n').filter((name) => isKernelPackage(name));
  const stanzas = exact.length > 0 ? await show(archive, exact) : [];
  const kernels = stanzas.flatMap(({ package: name = '', version = '' }) => {
    const release = releaseOfPackage(name);
    if (!release || !isKernelPackage(name)) return [];
    return [{ release, package: name, version, flavour: flavourOf(release) }];
  });
  return kernels.sort((a, b) => compareDebianVersions(a.version, b.version));
}

/** `6.1.0-56-cloud-amd64` for `linux-image-6.1.0-56-cloud-amd64`; undefined for meta packages. */
export function releaseOfPackage(name: string): string | undefined {
  return IMAGE.exec(name)?.[1]?.replace(/-unsigned$/, '');
}

/** What follows version and ABI: `cloud-amd64` in `6.1.0-56-cloud-amd64`, `6.12.9+deb13-…`. */
export function flavourOf(release: string): string {
  return /^[^-]*(?:-\d[\w.]*)?-(.*)$/.exec(release)?.[1] ?? '';
}

function isKernelPackage(name: string): boolean {
  return IMAGE.test(name) && !/-(dbg|unsigned|dbgsym|template)$/.test(name);
}

function imageOf(packages: PackageSet, kernel: string) {
  const itself = releaseOfPackage(kernel) ? findPackage(packages, kernel) : undefined;
  const images = packages.packages.filter(({ name }) => isKernelPackage(name));
  const [image] = itself ? [itself] : images;
  if (image && (itself || images.length === 1)) return image;
  const message = image
    ? `${kernel} brings more than one kernel: ${images.map(({ name }) => name).join(', ')}`
    : `${kernel} brings no kernel`;
  throw new LockstepError('config', message, {
    hint: 'name a kernel package such as linux-image-amd64 or linux-image-cloud-amd64',
  });
}
