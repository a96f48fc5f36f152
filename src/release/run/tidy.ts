import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { Inputs } from '../inputs/inputs.ts';

/** Folders of runs that are kept, the newest. */
const RUNS = 20;

/** Days that files of the pool are kept after the last run that fetched them. */
const POOL_DAYS = 30;

/** Days after which nobody is fetching a file any more: what is left is a killed run's. */
const PARTIAL_DAYS = 1;

/**
 * Removes what a run no longer needs: what it built from and built, older runs' folders, old
 * packages. Logs, recipe, inputs, console and record stay for people to look at.
 */
export async function tidy(
  context: Pick<RunContext, 'folders' | 'now'>,
  inputs: Inputs | undefined,
): Promise<void> {
  await tidyRuns(context.folders.runs);
  if (inputs) await pruneDownloads(context, inputs);
}

/** All runs, not only this one: a killed run could not tidy after itself. */
async function tidyRuns(runs: string): Promise<void> {
  const names = (await entriesOf(runs)).map(({ name }) => name).sort();
  for (const name of names.slice(0, -RUNS)) {
    await rm(join(runs, name), { recursive: true, force: true });
  }
  for (const name of names.slice(-RUNS)) await removeBuilt(join(runs, name));
}

/** Builds and boots of a kernel lie in a folder of its own, with their logs. */
async function removeBuilt(folder: string): Promise<void> {
  const kernels = await foldersIn(join(folder, 'build'));
  const trees = await Promise.all(kernels.map(foldersIn));
  const guests = (await foldersIn(join(folder, 'boot'))).map((kernel) => join(kernel, 'guest'));
  const others = ['compose/packages', 'compose/overlay'].map((name) => join(folder, name));
  const composed = (await foldersIn(join(folder, 'compose'))).filter((path) =>
    basename(path).startsWith('lockstep-'),
  );
  for (const path of [...trees.flat(), ...guests, ...others, ...composed]) {
    await rm(path, { recursive: true, force: true });
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

async function pruneDownloads(
  { folders, now }: Pick<RunContext, 'folders' | 'now'>,
  inputs: Inputs,
): Promise<void> {
  const files = filesOf(inputs);
  const needed = new Set(files.map(({ sha256 }) => sha256));
  const before = (days: number) => now().getTime() - days * 86_400_000;
  const isNeeded = (name: string) => needed.has(name.replace(/\.(?:deb|rpm)$/, ''));
  await removeOlder(folders.pool, before(POOL_DAYS), isNeeded);
  await removeOlder(join(folders.pool, 'partial'), before(PARTIAL_DAYS));
}

/** What is gone when its turn comes was removed by another run. */
async function removeOlder(
  folder: string,
  time: number,
  isKept: (name: string) => boolean = () => false,
): Promise<void> {
  for (const { name } of await entriesOf(folder)) {
    if (isKept(name)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && !found.isDirectory() && found.mtimeMs < time) await rm(path, { force: true });
  }
}

function filesOf(inputs: Inputs): { sha256: string }[] {
  const { builder, image, modules } = inputs;
  const base = inputs.family === 'debian' ? inputs.base.packages.packages : [];
  const sources = modules.flatMap((module): { sha256: string }[] => module.files);
  return [...base, ...(builder?.packages.packages ?? []), ...image.packages.packages, ...sources];
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
