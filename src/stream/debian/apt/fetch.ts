import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../../system/error.ts';
import type { Archive } from './archive.ts';
import { type DownloadOptions, download, type WantedFile } from './download.ts';
import type { PackageSet, PinnedPackage } from './package-set.ts';
import { uriOf } from './servers.ts';
import { show } from './show.ts';

const KEEP_OLD =
  'resolve anew with `lockstep run` without --replay, or give apt a mirror that keeps old packages';

/** Where the pool keeps a package: by content, so that it never needs to be checked by name. */
export function pooledPath(pool: string, pinned: Pick<PinnedPackage, 'sha256'>): string {
  return join(pool, `${pinned.sha256}.deb`);
}

/** Where the pool keeps a file of a source: packages like any, others by their content alone. */
export function pooledFile(pool: string, file: { name: string; sha256: string }): string {
  return file.name.endsWith('.deb') ? pooledPath(pool, file) : join(pool, file.sha256);
}

/**
 * Fetches the packages of a set into a pool, verified by sha256. What is there stays and is not
 * fetched again. A package that has moved inside the archive is looked for in the current index.
 * Throws `not-found` naming each package that can no longer be had.
 */
export async function fetchPackages(
  archive: Archive,
  set: PackageSet,
  options: DownloadOptions & { pool: string },
): Promise<void> {
  await mkdir(options.pool, { recursive: true });
  const wanted = (pinned: PinnedPackage) => wantedFile(archive, pinned, options.pool);
  const refused = await download(archive, set.packages.map(wanted), options);
  if (refused.length === 0) return;
  const hashes = new Set(refused.map((file) => file.sha256));
  const lost = set.packages.filter((pinned) => hashes.has(pinned.sha256));
  const moved = await findElsewhere(archive, lost);
  const still = await download(archive, moved.map(wanted), options);
  const found = new Set(moved.map((pinned) => pinned.sha256));
  for (const file of still) found.delete(file.sha256);
  const gone = lost.filter((pinned) => !found.has(pinned.sha256));
  if (gone.length > 0) throw noLongerThere(gone);
}

/** A file of the archive that is not a package to install: part of a module's source. */
export interface ArchiveFile {
  name: string;
  sha256: string;
  size: number;
  filename: string;
  archive: PinnedPackage['archive'];
}

/**
 * Fetches single files into a pool, verified by sha256; returns where they lie, in their order.
 * Throws `not-found` naming each that can no longer be had.
 */
export async function fetchFiles(
  archive: Archive,
  files: readonly ArchiveFile[],
  options: DownloadOptions & { pool: string },
): Promise<string[]> {
  await mkdir(options.pool, { recursive: true });
  const wanted = files.map((file) => {
    const uri = uriOf(archive, file);
    if (!uri) throw noFile(file.name);
    return { uri, sha256: file.sha256, size: file.size, path: pooledFile(options.pool, file) };
  });
  const [refused] = await download(archive, wanted, options);
  if (refused) throw noFile(files.find(({ sha256 }) => sha256 === refused.sha256)?.name ?? '');
  return wanted.map(({ path }) => path);
}

function noFile(name: string): LockstepError {
  return new LockstepError('not-found', `the archive no longer has ${name}`, {
    context: { file: name },
    hint: KEEP_OLD,
  });
}

function wantedFile(archive: Archive, pinned: PinnedPackage, pool: string): WantedFile {
  const { sha256, size } = pinned;
  const uri = uriOf(archive, pinned);
  if (!uri) throw noLongerThere([pinned]);
  return { uri, sha256, size, path: pooledPath(pool, pinned) };
}

/** The same content under another path or in the other archive, as the current index says. */
async function findElsewhere(
  archive: Archive,
  lost: readonly PinnedPackage[],
): Promise<PinnedPackage[]> {
  const stanzas = await show(
    archive,
    lost.map(({ name, version }) => `${name}=${version}`),
  );
  const archives = [...new Set(archive.sources.map((source) => source.archive))];
  return lost.flatMap((pinned) => {
    const same = stanzas.find((stanza) => stanza.sha256 === pinned.sha256);
    if (!same?.filename) return [];
    const { filename } = same;
    return archives
      .map((archive) => ({ ...pinned, filename, archive }))
      .filter((one) => one.filename !== pinned.filename || one.archive !== pinned.archive);
  });
}

function noLongerThere(gone: readonly PinnedPackage[]): LockstepError {
  const names = gone.slice(0, 10).map(({ name, version }) => `${name} ${version}`);
  const more = gone.length > 10 ? ` and ${gone.length - 10} more` : '';
  return new LockstepError('not-found', `the archive no longer has ${names.join(', ')}${more}`, {
    context: { package: gone[0]?.name, version: gone[0]?.version },
    hint: 'resolve anew with `lockstep run` without --replay, or give apt a mirror that keeps old packages',
  });
}
