import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseControl, type Stanza } from '../../package/control.ts';
import { LockstepError } from '../../system/error.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { aptFailure } from './apt-failure.ts';
import type { Archive } from './archive.ts';
import { type PackageSet, type PinnedPackage, packageSet } from './package-set.ts';
import { apt } from './private-apt.ts';
import { remembered } from './remember.ts';
import { locateInPool } from './servers.ts';

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
  return remembered(archive, { lists: archive.lists, wanted }, () => solve(archive, wanted));
}

async function solve(archive: Archive, wanted: Required<PackagesRequest>): Promise<PackageSet> {
  const essential = wanted.includeEssential ? ['?essential'] : [];
  const asked = [...essential, ...wanted.packages];
  if (asked.length === 0) return packageSet([]);
  await using pins = await temporaryFolder(archive.folder);
  await writeFile(join(pins.path, 'suites'), await pinsOf(archive, wanted.packages));
  const preferences = `Dir::Etc::preferences=${join(pins.path, 'suites')}`;
  const args = ['install', '-qq', '--yes', '--print-uris', '-o', preferences, ...asked];
  const result = await apt(archive, 'apt-get', args, { lock: 'shared' });
  if (result.status !== 0) throw unsolved(wanted.packages, result.stdout + result.stderr);
  const uris = [...result.stdout.matchAll(/^'([^']+)' (\S+) \d+/gm)];
  const found = uris.map(([, uri = '', file = '']) => ({
    ...locateInPool(archive, uri),
    asked: askedFor(file),
  }));
  const stanzas = await show(archive, [...new Set(found.map((one) => one.asked))]);
  return packageSet(found.map(({ archive, filename }) => pin(stanzas, archive, filename)));
}

/**
 * Preferences (apt_preferences(5)) for packages asked for from a suite: what is built from the
 * same source comes from there too, or a library of the base suite would not fit its program.
 */
async function pinsOf(archive: Archive, packages: readonly string[]): Promise<string> {
  const asked = packages.map((one) => one.split('/')).filter(([, suite]) => suite);
  const pins = asked.map(async ([name = '', suite = '']) => {
    const sources = (await show(archive, [name])).map(sourceOf).map((source) => source.name);
    return [...new Set(sources)].map(
      (source) => `Package: src:${source}\nPin: release n=${suite}\nPin-Priority: 990\n`,
    );
  });
  return (await Promise.all(pins)).flat().join('\n');
}

/** All versions that the indexes have of `name` or `name=version`, as control paragraphs. */
export async function show(archive: Archive, asked: readonly string[]): Promise<Stanza[]> {
  const stanzas: Stanza[] = [];
  for (let start = 0; start < asked.length; start += 500) {
    const some = asked.slice(start, start + 500);
    const result = await apt(archive, 'apt-cache', ['show', ...some], { lock: 'shared' });
    if (result.status > 100) throw aptFailure('the package index cannot be read', result.stderr);
    stanzas.push(...parseControl(result.stdout));
  }
  return stanzas;
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

/** A package built from a source of another name or version says so: `linux (6.1.192-2)`. */
function sourceOf(stanza: Stanza): { name: string; version: string } {
  const match = /^(\S+)(?:\s+\((\S+)\))?/.exec(stanza.source ?? '');
  const { package: name = '', version = '' } = stanza;
  return { name: match?.[1] ?? name, version: match?.[2] ?? version };
}

function checkName(asked: string): void {
  if (ASKED.test(asked)) return;
  throw new LockstepError('config', `not the name of a Debian package: ${JSON.stringify(asked)}`, {
    hint: 'write NAME, NAME=VERSION or NAME/SUITE',
  });
}

function unsolved(packages: readonly string[], said: string): LockstepError {
  const lines = said.split('\n').filter((line) => /^E: |^ .*(Depends|but )/.test(line));
  const text = lines.map((line) => line.replace(/^E: /, '').trim()).join('\n');
  const asked = packages.join(', ');
  return new LockstepError('not-found', `the archive cannot give ${asked}: ${text}`, {
    hint: 'check the names, the suite and the components (contrib, non-free) of the base',
  });
}
