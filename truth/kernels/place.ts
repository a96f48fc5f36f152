import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { acquireLock } from '../../src/system/lock.ts';

/** Where truth keeps what it fetched and made; it may be deleted at any time. */
export interface Place {
  cache: string;
  env: NodeJS.ProcessEnv;
}

/** Kernels, compilers and builds are the same for the full run and the tests. */
export const DEFAULT_CACHE: string = join(homedir(), '.cache/lockstep-truth');

const WAIT = 1_800_000;

/** Opens the place for this process alone: two at a time would build into the same folders. */
export async function openPlace(
  cache: string,
  env: NodeJS.ProcessEnv,
): Promise<Place & AsyncDisposable> {
  const folder = resolve(cache);
  await mkdir(folder, { recursive: true });
  const lock = await acquireLock(join(folder, 'lock'), { wait: WAIT, holder: 'truth' });
  return { cache: folder, env, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
}
