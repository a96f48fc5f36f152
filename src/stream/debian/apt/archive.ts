import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseControl } from '../../../package/control.ts';
import { type Digest, digestOfJson } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { didYouMean } from '../../../system/nearest.ts';
import { type ChosenSource, chooseSources } from './choose.ts';
import { aptFailure, missingSuites } from './failure.ts';
import { type MachineApt, readMachineApt } from './machine.ts';
import { apt, layPrivateApt, type PrivateApt } from './private-apt.ts';
import { KNOWN_SUITES, suiteFamily } from './suites.ts';

export interface ArchiveRequest {
  /** Suites to look at; each brings what belongs to it (see suiteFamily). */
  suites: readonly string[];
  components: readonly string[];
  /** Debian's name of the architecture; the machine's own when not given. */
  architecture?: string;
}

export interface ArchiveOptions {
  /** Folder for private apt state; kept between runs, shared by them. */
  folder: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Also the index of source packages. */
  withSources?: boolean;
  /** False: nothing is fetched, whatever was fetched before is used. Default true. */
  refresh?: boolean;
}

/** A Debian archive as this machine reaches it, with signed and verified indexes on disk. */
export interface Archive extends PrivateApt {
  request: Required<ArchiveRequest>;
  sources: ChosenSource[];
  /** Digest of the signed indexes; the same lists and request resolve to the same packages. */
  lists: Digest;
}

/**
 * Opens the archive that the machine's own apt is configured with, in private folders, and
 * brings its indexes up to date; signatures are always checked. Throws `network` or `archive`
 * when the servers do not play along, `not-found` for a suite that they do not have, `config`
 * when the machine lists no Debian archive.
 */
export async function openArchive(
  request: ArchiveRequest,
  options: ArchiveOptions,
): Promise<Archive> {
  const machine = await readMachineApt(options.env);
  const family = request.suites.flatMap((suite) => suiteFamily(suite));
  const suites = [...new Map(family.map((choice) => [choice.suite, choice])).values()];
  const architecture = request.architecture ?? machine.architecture;
  const sources = chooseSources(machine.sources, suites, request.components);
  const full = { ...request, architecture };
  const withSources = options.withSources ?? false;
  const name = folderName(machine, sources, { architecture, withSources });
  const folder = join(resolve(options.folder), name);
  const place = { folder, architecture, env: options.env, signal: options.signal };
  const lay = (kept: ChosenSource[]) =>
    layPrivateApt(folder, machine, kept, { architecture, withSources });
  await lay(sources);
  if (options.refresh !== false) await refresh(place, sources, lay);
  return { ...place, request: full, sources, lists: await listsDigest(place) };
}

/** `Version` and `Codename` of a suite as its signed Release file says. */
export async function releaseOf(
  archive: Archive,
  suite: string,
): Promise<{ codename: string; version?: string }> {
  for (const name of await releaseFiles(archive)) {
    if (!name.includes(`_dists_${suite}_`)) continue;
    const [release] = parseControl(await readFile(join(archive.folder, 'lists', name), 'utf8'));
    return { codename: release?.codename ?? suite, version: release?.version };
  }
  return { codename: suite };
}

/** Updates the indexes; suites that may be missing and are missing are dropped and said no more. */
async function refresh(
  place: PrivateApt,
  sources: ChosenSource[],
  lay: (kept: ChosenSource[]) => Promise<void>,
): Promise<void> {
  // Apt's own cache of the lists is made by the first question; often none is asked.
  const args = ['update', '-q', '-o', 'pkgCacheFile::Generate=false'];
  const result = await apt(place, 'apt-get', args, { lock: 'exclusive' });
  if (result.status === 0) return;
  const missing = missingSuites(result.stderr).map(({ suite }) => suite);
  const gone = sources.filter(({ suite }) => missing.includes(suite));
  const required = gone.find((source) => source.required);
  if (required) throw noSuite(required);
  if (gone.length === 0) throw aptFailure('the package index cannot be had', said(result));
  const kept = sources.filter((source) => !gone.includes(source));
  sources.splice(0, sources.length, ...kept);
  await lay(sources);
  await refresh(place, sources, lay);
}

function said(result: { stdout: string; stderr: string }): string {
  return `${result.stdout}\n${result.stderr}`;
}

/** Each distinct set of sources has its own state, so that runs with other suites do not fight. */
function folderName(machine: MachineApt, sources: ChosenSource[], options: object): string {
  const { network } = machine;
  return digestOfJson({ network, sources, options }).slice(7, 23);
}

async function releaseFiles(place: PrivateApt): Promise<string[]> {
  const names = await readdir(join(place.folder, 'lists'));
  return names.filter((name) => /_(In)?Release$/.test(name)).sort();
}

/** The signed files name every index with its digest, so they stand for all of them. */
export async function listsDigest(place: PrivateApt): Promise<Digest> {
  const names = await releaseFiles(place);
  if (names.length === 0) {
    throw new LockstepError('archive', 'no package index of the archive has been fetched yet');
  }
  const hash = createHash('sha256');
  for (const name of names) hash.update(await readFile(join(place.folder, 'lists', name)));
  return `sha256:${hash.digest('hex')}`;
}

function noSuite({ suite, uri }: ChosenSource): LockstepError {
  return new LockstepError(
    'not-found',
    `the archive at ${uri} has no suite ${suite}${didYouMean(suite, KNOWN_SUITES)}`,
    {
      context: { uri, suite },
      hint: 'check the name of the suite, or add a server that has it to the sources of apt',
    },
  );
}
