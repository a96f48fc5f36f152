import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stanza } from '../../../package/control.ts';
import { LockstepError } from '../../../system/error.ts';
import { remembered } from '../../../system/remember.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import type { Archive } from './archive.ts';
import { didYouMeanPackage } from './nearest-package.ts';
import { findPackage, type PackageSet, type PinnedPackage, packageSet } from './package-set.ts';
import { pinsOf, withSuites } from './preferences.ts';
import { answersOf, apt } from './private-apt.ts';
import { locateInPool } from './servers.ts';
import { show, sourceOf } from './show.ts';

export interface PackagesRequest {
  /** As apt reads them: `name`, `name=version` or `name/suite`. */
  packages: readonly string[];
  /** With everything that is marked essential, as a root needs it. Default true. */
  includeEssential?: boolean;
}

/** A name that apt takes as one package and not as an option, a pattern or a file. */
const ASKED = /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?([=/][A-Za-z0-9.+~:_-]+)?$/;

/**
 * Resolves packages and all that they depend on (recommendations are left out) into exact pins,
 * as apt would install them on an empty system. Nothing is fetched. The answer is kept: the same
 * request against the same indexes asks no solver again. Throws `not-found` when the archive has
 * no such package or no solution.
 */
export async function resolvePackages(
  archive: Archive,
  request: PackagesRequest,
): Promise<PackageSet> {
  const packages = [...new Set(request.packages)].sort();
  for (const asked of packages) checkName(asked);
  const wanted = { packages, includeEssential: request.includeEssential ?? true };
  return remembered(answersOf(archive), { lists: archive.lists, wanted }, () =>
    solve(archive, wanted),
  );
}

async function solve(archive: Archive, wanted: Required<PackagesRequest>): Promise<PackageSet> {
  const exact = await withSuites(archive, wanted.packages);
  const targets = exact.map(({ asked }) => asked);
  const asked = [...(wanted.includeEssential ? ['?essential'] : []), ...targets];
  if (asked.length === 0) return packageSet([]);
  await using pins = await temporaryFolder(archive.folder);
  await writeFile(join(pins.path, 'suites'), await pinsOf(archive, targets));
  const preferences = `Dir::Etc::preferences=${join(pins.path, 'suites')}`;
  const args = ['install', '-q', '--yes', '--print-uris', '-o', preferences, ...asked];
  const result = await apt(archive, 'apt-get', args, { lock: 'shared' });
  if (result.status !== 0)
    throw await unsolvedBy(archive, wanted.packages, result.stdout + result.stderr);
  const set = await pinAll(archive, result.stdout);
  for (const { asked, version } of exact) {
    const found = findPackage(set, asked.split('/')[0] ?? '');
    if (version && found?.version !== version) throw unsolved([`${asked} ${version}`], '');
  }
  return set;
}

/** Pins what apt would fetch: lines of `'address' file size hash`. */
async function pinAll(archive: Archive, printed: string): Promise<PackageSet> {
  const uris = [...printed.matchAll(/^'([^']+)' (\S+) \d+/gm)];
  const found = uris.map(([, uri = '', file = '']) => ({
    ...locateInPool(archive, uri),
    asked: askedFor(file),
  }));
  const stanzas = await show(archive, [...new Set(found.map((one) => one.asked))]);
  return packageSet(found.map(({ archive, filename }) => pin(stanzas, archive, filename)));
}

/** `name:arch=version` of a file as apt names it; `%3a` is the colon of an epoch. */
function askedFor(file: string): string {
  const [name = '', version = '', rest = ''] = decodeURIComponent(file).split('_');
  const architecture = rest.replace(/\.deb$/, '');
  return architecture === 'all' ? `${name}=${version}` : `${name}:${architecture}=${version}`;
}

function pin(
  stanzas: readonly Stanza[],
  archive: PinnedPackage['archive'],
  filename: string,
): PinnedPackage {
  const stanza = stanzas.find((one) => one.filename === filename);
  if (!stanza?.package || !stanza.version || !/^[0-9a-f]{64}$/.test(stanza.sha256 ?? '')) {
    throw new LockstepError('archive', `the index has no usable entry for ${filename}`);
  }
  const { package: name, version, architecture = '', sha256 = '', size } = stanza;
  const source = sourceOf(stanza);
  return {
    name,
    version,
    architecture,
    sha256,
    size: Number(size),
    filename,
    archive,
    source: source.name,
    sourceVersion: source.version,
  };
}

function checkName(asked: string): void {
  if (ASKED.test(asked)) return;
  throw new LockstepError('config', `not the name of a Debian package: ${JSON.stringify(asked)}`, {
    hint: 'write NAME, NAME=VERSION or NAME/SUITE',
  });
}

/** The same, with the name that was probably meant where apt knows none like it. */
async function unsolvedBy(
  archive: Archive,
  packages: readonly string[],
  said: string,
): Promise<LockstepError> {
  const unknown = /Unable to locate package (\S+)/.exec(said)?.[1];
  const near = unknown ? await didYouMeanPackage(archive, unknown) : '';
  return unsolved(packages, said.replace(/(Unable to locate package \S+)/, `$1${near}`));
}

function unsolved(packages: readonly string[], said: string): LockstepError {
  const lines = said
    .split('\n')
    .filter((line) => /^E: |^ .*(Depends|Conflicts|Breaks|but )/.test(line));
  const text = lines.map((line) => line.replace(/^E: /, '').trim()).join('\n');
  const asked = packages.join(', ');
  return new LockstepError('not-found', `the archive cannot give ${asked}: ${text}`, {
    hint: 'check the names, the suite and the components (contrib, non-free) of the base',
  });
}
