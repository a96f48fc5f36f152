import type { DkmsConf } from './dkms-conf.ts';

/**
 * How the code of a module comes: a Debian source package, a package with a dkms.conf, a release
 * of OpenZFS, or a commit of a repository with a dkms.conf or a spec file.
 */
export type SourceKind = 'debian' | 'dkms' | 'openzfs' | 'git';

export interface PinnedFile {
  /** The name that the file has where it comes from. */
  name: string;
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** A file of a Debian archive. Names no server. */
export interface ArchivedFile extends PinnedFile {
  /** Path in the pool, relative to the archive's root. */
  filename: string;
  archive: 'debian' | 'debian-security';
}

/** A file that is published at one address. */
export interface DownloadedFile extends PinnedFile {
  url: string;
}

/** One pinned file of a module's source. */
export type SourceFile = ArchivedFile | DownloadedFile;

/** What a Debian archive lists under the name of a package. */
export interface ListedPackage {
  version: string;
  files: ArchivedFile[];
  /** The field `Depends` of a binary package. */
  depends?: string;
}

/** What the module sources need of a Debian archive. */
export interface SourceArchive {
  /** A source package, its .dsc first; throws `not-found`. */
  findSource(name: string, suite?: string): Promise<ListedPackage>;
  /** A binary package without what it depends on; throws `not-found`. */
  findBinary(name: string, suite?: string): Promise<ListedPackage>;
  /** Fetches and verifies files; returns where they lie, in their order. */
  fetch(files: readonly ArchivedFile[]): Promise<string[]>;
  /** Those of the names under which the archive has a package. */
  known(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Keeps an answer that depends on the key alone (say, on the digests of files). */
  remember<T>(key: readonly string[], compute: () => Promise<T>): Promise<T>;
}

/** Kernels that a module says it supports, as it writes them (`4.18`, `6.10`); both inclusive. */
export interface KernelRange {
  min?: string;
  max?: string;
}

/** A module's code, pinned, and what it says of itself. */
export interface ModuleSource {
  /** Name of the module in the configuration. */
  name: string;
  kind: SourceKind;
  /** Debian package that the code comes from; `zfs` for OpenZFS; address of a repository. */
  package: string;
  /** Version of that package. */
  version: string;
  /** Version that the code gives itself, when it does (`2.1.11`). */
  upstreamVersion?: string;
  files: SourceFile[];
  range: KernelRange;
  /** What its dkms.conf says, where it has one. */
  conf?: DkmsConf;
  /** Packages that the builder needs beside compiler, make and kernel headers. */
  buildDependencies: string[];
  /** What changes the build: `enable-linux-experimental`. */
  options: string[];
}

/** A module whose code comes from a Debian archive. */
export interface ArchivedSource extends ModuleSource {
  kind: 'debian' | 'dkms';
  files: ArchivedFile[];
}

export interface ModuleRequest {
  name: string;
  kind: ArchivedSource['kind'];
  package: string;
  /** Take it from this suite, not from where the archive's preferences lead. */
  suite?: string;
  /** Build although the kernel is newer than the module supports. */
  allowExperimental?: boolean;
}

/** The option that a build gets when the user allows kernels beyond the range. */
export const EXPERIMENTAL = 'enable-linux-experimental';

/** What an answer read out of these files depends on. */
export function contentKey(reader: string, { files }: ListedPackage): string[] {
  return [reader, ...files.map(({ sha256 }) => sha256)];
}
