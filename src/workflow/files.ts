import { readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { findFiles } from '../file/find-files.ts';
import { LockstepError } from '../system/error.ts';
import { writeWhole } from '../system/write-whole.ts';
import { pinsIn } from './actions/actions.ts';
import { makerOf } from './document/seal.ts';
import { EXTRA_FILES } from './extras/files.ts';
import { generateFiles, MAY_BE_MADE } from './generate.ts';
import { type FileStep, planFiles } from './plan.ts';
import { type Extra, extras } from './project/extra.ts';

/** A file that is larger than this (bytes) is none of ours, nor a workflow. */
const LIMIT = 1 << 20;

/** The files of a folder that match patterns, by their paths in it. Throws `config` for a huge one. */
export function readFiles(folder: string, patterns: readonly string[]): Map<string, string> {
  const paths = findFiles(folder, patterns);
  return new Map(paths.map((path) => [path, readText(join(folder, path))]));
}

/** What becomes of each file of a project: the plan, by what its configuration and its files say. */
export function planProject(
  folder: string,
  config: Config,
  options: { version: string; extras: readonly Extra[]; force?: boolean },
): FileStep[] {
  const there = readFiles(folder, MAY_BE_MADE);
  const pins = pinsIn([...there.values()]);
  const { version } = options;
  const wanted = new Set([...options.extras, ...extrasIn(there)]);
  return planFiles(generateFiles({ config, version, pins, extras: [...wanted] }), there, options);
}

/** Extras that were made before are made again. */
function extrasIn(there: ReadonlyMap<string, string>): Extra[] {
  return extras.filter((extra) => {
    const text = there.get(EXTRA_FILES[extra]);
    return text != null && makerOf(text) !== 'other';
  });
}

/** Writes and removes what a plan says. */
export async function applyFiles(folder: string, steps: readonly FileStep[]): Promise<void> {
  for (const { path, text, action } of steps) {
    if (action === 'write') await writeWhole(join(folder, path), Buffer.from(text));
    if (action === 'remove') await rm(join(folder, path));
  }
}

/** Without waiting: to ask other threads for a few small files takes longer than to read them. */
function readText(path: string): string {
  if (statSync(path).size > LIMIT)
    throw new LockstepError('config', `${path} is larger than ${LIMIT} bytes`);
  return readFileSync(path, 'utf8');
}
