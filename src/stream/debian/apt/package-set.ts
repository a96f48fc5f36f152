import { type Digest, digestOfJson } from '../../../system/digest.ts';

/** Which of Debian's two archives a file lies in; each machine has its own servers for them. */
export type ArchiveName = 'debian' | 'debian-security';

/** One exact binary package. Names no server: the same pin works with every mirror. */
export interface PinnedPackage {
  name: string;
  version: string;
  architecture: string;
  /** 64 hex digits of the whole .deb file. */
  sha256: string;
  /** Bytes of the .deb file. */
  size: number;
  /** Path in the pool, relative to the archive's root. */
  filename: string;
  archive: ArchiveName;
  /** Name of the source package that it was built from. */
  source: string;
  sourceVersion: string;
}

/** Packages sorted by name and architecture, with the digest that identifies the set. */
export interface PackageSet {
  digest: Digest;
  packages: PinnedPackage[];
}

/**
 * Makes the canonical set. The digest speaks of content alone (name, version, architecture and
 * sha256), so that a package which moves inside the archive does not make another set.
 */
export function packageSet(packages: Iterable<PinnedPackage>): PackageSet {
  const sorted = [...packages].sort(byName);
  const identity = sorted.map(({ name, version, architecture, sha256 }) => [
    name,
    version,
    architecture,
    sha256,
  ]);
  return { digest: digestOfJson(identity), packages: sorted };
}

/** The package of that name, or undefined. */
export function findPackage(set: PackageSet, name: string): PinnedPackage | undefined {
  return set.packages.find((pinned) => pinned.name === name);
}

/** All packages of several sets, each file once. */
export function unionOfSets(...sets: readonly PackageSet[]): PackageSet {
  const files = sets.flatMap((set) => set.packages).map((one) => [one.sha256, one] as const);
  return packageSet(new Map(files).values());
}

function byName(a: PinnedPackage, b: PinnedPackage): number {
  return compare(a.name, b.name) || compare(a.architecture, b.architecture);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
