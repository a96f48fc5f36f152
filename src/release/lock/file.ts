import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { LOCK_FILE, type Locked, parseLock } from './document.ts';
import { formatLock } from './format.ts';

/** Bytes of the largest file that is read; a stream has about half a million. */
const LIMIT = 64 << 20;

/** Reads a lock file, or the `inputs.json` of a run; throws `config`. `shown` is its name in messages. */
export async function readLock(path: string, shown: string = path): Promise<Locked> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw noFile(shown);
  if (found.size > LIMIT) {
    throw new LockstepError('config', `${shown} is larger than ${LIMIT} bytes`);
  }
  return parseLock(await readFile(path, 'utf8'), shown);
}

/** The lock file of a project; throws `config` when there is none. */
export function readProjectLock(project: string): Promise<Locked> {
  return readLock(join(project, LOCK_FILE), LOCK_FILE);
}

/**
 * Writes the inputs of streams into the lock file of a project at one blow. Streams of the
 * configuration that are not written anew stay as they are; others are left out.
 */
export async function writeProjectLock(
  project: string,
  fresh: readonly Inputs[],
  configured: readonly string[],
): Promise<{ path: string; changed: boolean }> {
  const path = join(project, LOCK_FILE);
  const written = new Map(fresh.map((inputs) => [inputs.stream, inputs]));
  const others = configured.filter((name) => !written.has(name));
  const before = await readFile(path, 'utf8').catch(ignoreAbsence);
  const kept = before != null && others.length > 0 ? parseLock(before, LOCK_FILE) : new Map();
  for (const name of others) {
    const inputs = kept.get(name);
    if (inputs) written.set(name, inputs);
  }
  const text = formatLock(written);
  if (text === before) return { path: relative(project, path), changed: false };
  const partial = `${path}.${process.pid}.new`;
  await writeFile(partial, text);
  await rename(partial, path);
  return { path: relative(project, path), changed: true };
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function noFile(shown: string): LockstepError {
  return new LockstepError('config', `there is no ${shown}`, {
    hint: 'write it from a stored run with: lockstep lock sync',
    context: { path: shown },
  });
}
