import { linesOf, parseControl, type Stanza } from '../../package/control.ts';
import { LockstepError } from '../../system/error.ts';
import type { Archive } from './apt/archive.ts';
import type { ArchiveFile } from './apt/fetch.ts';
import { apt } from './apt/private-apt.ts';
import { locateInPool } from './apt/servers.ts';
import { isBackports } from './apt/suites.ts';
import { compareDebianVersions } from './version.ts';

/** A source package as the signed index lists it. */
export interface SourcePackage {
  name: string;
  version: string;
  /** The .dsc file is the first. */
  files: ArchiveFile[];
}

/**
 * Finds a source package: in the suite asked for, else the newest of all suites but backports.
 * Throws `not-found` when there is none. The archive must have been opened with sources.
 */
export async function findSource(
  archive: Archive,
  name: string,
  suite?: string,
): Promise<SourcePackage> {
  const suites = archive.sources.map((source) => source.suite);
  const ordinary = suites.filter((one) => !isBackports(one));
  const asked = suite
    ? [`${name}/${suite}`]
    : ordinary.length < suites.length
      ? ordinary.map((one) => `${name}/${one}`)
      : [name];
  const stanzas = await sourceStanzas(archive, name);
  const found: SourcePackage[] = [];
  for (const one of asked) {
    const files = await filesOf(archive, one);
    const stanza = files && stanzas.find((stanza) => holds(stanza, files[0]));
    if (files && stanza) found.push({ name, version: stanza.version ?? '', files });
  }
  const [newest] = found.sort((a, b) => compareDebianVersions(b.version, a.version));
  if (newest) return newest;
  throw new LockstepError('not-found', `the archive has no source package ${asked.join(', ')}`, {
    hint: 'check the name, the suite and the components (contrib, non-free)',
  });
}

async function filesOf(archive: Archive, asked: string): Promise<ArchiveFile[] | undefined> {
  const args = ['source', '-qq', '--print-uris', '--only-source', '--download-only', asked];
  const result = await apt(archive, 'apt-get', args, { lock: 'shared' });
  if (result.status !== 0) return undefined;
  const lines = [...result.stdout.matchAll(/^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/gm)];
  const files = lines.map(([, uri = '', name = '', size, sha256 = '']) => ({
    ...locateInPool(archive, uri),
    name: decodeURIComponent(name),
    sha256,
    size: Number(size),
  }));
  return files.sort((a, b) => Number(b.name.endsWith('.dsc')) - Number(a.name.endsWith('.dsc')));
}

async function sourceStanzas(archive: Archive, name: string): Promise<Stanza[]> {
  const args = ['showsrc', '--only-source', name];
  const result = await apt(archive, 'apt-cache', args, { lock: 'shared' });
  return parseControl(result.stdout).filter((stanza) => stanza.package === name);
}

function holds(stanza: Stanza, file: ArchiveFile | undefined): boolean {
  return linesOf(stanza['checksums-sha256']).some((line) => line.startsWith(file?.sha256 ?? '-'));
}
