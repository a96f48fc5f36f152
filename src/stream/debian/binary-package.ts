import { LockstepError } from '../../system/error.ts';
import type { Archive } from './apt/archive.ts';
import type { ArchiveFile } from './apt/fetch.ts';
import { didYouMeanPackage } from './apt/nearest-package.ts';
import { apt } from './apt/private-apt.ts';
import { locateInPool } from './apt/servers.ts';
import { show } from './apt/show.ts';

/** A binary package by itself, as the signed index lists it. */
export interface BinaryPackage {
  version: string;
  files: ArchiveFile[];
  depends?: string;
}

/** Finds one binary package, in a suite when one is named; throws `not-found`. */
export async function findBinary(
  archive: Archive,
  name: string,
  suite?: string,
): Promise<BinaryPackage> {
  const asked = suite ? `${name}/${suite}` : name;
  const args = ['download', '-qq', '--print-uris', asked];
  const result = await apt(archive, 'apt-get', args, { lock: 'shared' });
  const [, uri] = /^'([^']+)'/m.exec(result.stdout) ?? [];
  if (result.status !== 0 || !uri) throw await noPackage(archive, name, asked);
  const place = locateInPool(archive, uri);
  const stanzas = await show(archive, [name]);
  const stanza = stanzas.find((one) => one.filename === place.filename);
  if (!stanza?.sha256 || !stanza.version) throw await noPackage(archive, name, asked);
  const { version, sha256, size, depends } = stanza;
  const base = place.filename.slice(place.filename.lastIndexOf('/') + 1);
  return { version, depends, files: [{ ...place, name: base, sha256, size: Number(size) }] };
}

async function noPackage(archive: Archive, name: string, asked: string): Promise<LockstepError> {
  const near = await didYouMeanPackage(archive, name);
  return new LockstepError('not-found', `the archive has no package ${asked}${near}`, {
    hint: 'check the name, the suite and the components (contrib, non-free)',
  });
}
