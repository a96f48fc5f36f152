import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from './error.ts';

export interface LockOptions {
  /** Milliseconds to wait for another holder (default 0: do not wait). */
  wait?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Called once when another holder makes us wait. */
  onWait?: (holder: string) => void;
  /** What the next one is told about us. */
  holder?: string;
}

const PAUSE = 50;

/**
 * Takes the lock of a file for this process; throws `busy` when another process keeps it. The
 * kernel frees it when the holder ends, however it ends (flock(2)), so a killed one leaves nothing
 * to clean. The file itself stays.
 */
export async function acquireLock(
  path: string,
  options: LockOptions = {},
): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  const until = performance.now() + (options.wait ?? 0);
  try {
    for (let waiting = false; !(await tryLock(file.fd)); waiting = true) {
      if (performance.now() >= until) throw await busy(path);
      if (!waiting) options.onWait?.(await holderOf(path));
      await delay(PAUSE, undefined, { signal: options.signal });
    }
    await file.truncate(0);
    await file.write(options.holder ?? `process ${process.pid}`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => file.close() };
}

/**
 * Node has no flock. The lock belongs to the open file, which a short-lived flock(1) shares with
 * us, so it stays ours after that program has ended.
 */
async function tryLock(fd: number): Promise<boolean> {
  const child = spawn('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  const [status] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new LockstepError('program-missing', 'flock is not installed', {
      hint: 'install the package util-linux',
      cause,
    });
  })) as [number];
  return status === 0;
}

async function holderOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).slice(0, 200) || 'another process';
}

async function busy(path: string): Promise<LockstepError> {
  return new LockstepError('busy', `${path} is held by ${await holderOf(path)}`, {
    context: { path },
    hint: 'wait until it has ended, then run again',
  });
}
