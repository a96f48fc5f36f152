import { LockstepError } from '../../system/error.ts';
import { remembered } from '../../system/remember.ts';
import type { Archive } from './apt/archive.ts';
import { type ArchiveFile, fetchFiles } from './apt/fetch.ts';
import { knownPackages } from './apt/known.ts';
import { answersOf } from './apt/private-apt.ts';
import { type BinaryPackage, findBinary } from './binary-package.ts';
import { findSource, type SourcePackage } from './source-package.ts';

/** A Debian archive as the module sources see it (SourceArchive of the room `source`). */
export interface DebianSourceArchive {
  findSource(name: string, suite?: string): Promise<SourcePackage>;
  findBinary(name: string, suite?: string): Promise<BinaryPackage>;
  fetch(files: readonly ArchiveFile[]): Promise<string[]>;
  known(names: readonly string[]): Promise<ReadonlySet<string>>;
  remember<T>(key: readonly string[], compute: () => Promise<T>): Promise<T>;
}

/** Gives an archive, opened with sources, the form that the module sources ask for. */
export function sourceArchive(archive: Archive, options: { pool: string }): DebianSourceArchive {
  const { lists } = archive;
  return {
    findSource: (name, suite) =>
      remembered(answersOf(archive), { lists, source: name, suite }, () =>
        findSource(archive, name, suite),
      ),
    findBinary: (name, suite) =>
      remembered(answersOf(archive), { lists, binary: name, suite }, () =>
        findBinary(archive, name, suite),
      ),
    fetch: (files) => fetchFiles(archive, files, options).catch(blameArchive),
    remember: (key, compute) => remembered(answersOf(archive), key, compute),
    known: (names) => knownPackages(archive, names),
  };
}

/** What the index lists now and the pool has not is the archive's failure, not the user's. */
function blameArchive(error: unknown): never {
  if (!(error instanceof LockstepError) || error.code !== 'not-found') throw error;
  const file = error.context.file ?? 'a file';
  throw new LockstepError('archive', `the archive lists ${file} but does not have it`, {
    context: error.context,
    cause: error,
    hint: 'try again later, name another suite, or use the DKMS package of the same code',
  });
}
