import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from './error.ts';

export interface LockOptions {
  /** Milliseconds to wait for another holder (default 0: do not wait). */
  wait?: number;
  /** Milliseconds between two tries, more or less (default 50). */
  pause?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Called once when another holder makes us wait. */
  onWait?: (holder: string) => void;
  /** What others are told about us. */
  holder?: string;
}

/**
 * Takes the lock of a file; throws `busy` when somebody else keeps it. It is SQLite's own lock on
 * an empty file, thus the kernel's (fcntl(2)), which goes with its holder, however that ends:
 * nobody has to judge whether an owner that was killed is dead. The file itself stays.
 */
export async function acquireLock(
  path: string,
  options: LockOptions = {},
): Promise<AsyncDisposable> {
  const { wait = 0, pause = 50, signal, onWait, holder } = options;
  await mkdir(dirname(path), { recursive: true });
  const until = performance.now() + wait;
  for (let waiting = false; ; waiting = true) {
    const database = tryLock(path);
    if (database) return held(database, path, holder);
    if (performance.now() >= until) throw await busy(path);
    if (!waiting) onWait?.(await holderOf(path));
    await delay(pause * (0.5 + Math.random()), undefined, { signal });
  }
}

/** Whether somebody holds the lock of a file now; asks the kernel's list (proc(5), locks). */
export async function isLocked(path: string): Promise<boolean> {
  const { ino } = await stat(path);
  const list = await readFile('/proc/locks', 'utf8');
  return list
    .split('\n')
    .some((line) => line.split(/\s+/).some((word) => word.endsWith(`:${ino}`)));
}

/** The open lock, or undefined when another has it. */
function tryLock(path: string): DatabaseSync | undefined {
  // Opened here first so that a missing folder or right is told by the system's own error.
  closeSync(openSync(path, 'a'));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** SQLITE_BUSY is 5; sqlite.org/rescode.html. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

async function held(
  database: DatabaseSync,
  path: string,
  holder: string | undefined,
): Promise<AsyncDisposable> {
  if (holder != null) await writeFile(holderFile(path), holder);
  return {
    async [Symbol.asyncDispose]() {
      if (holder != null) await rm(holderFile(path), { force: true });
      database.close();
    },
  };
}

function holderFile(path: string): string {
  return `${path}.holder`;
}

async function holderOf(path: string): Promise<string> {
  const text = await readFile(holderFile(path), 'utf8').catch(() => '');
  return text.slice(0, 200) || 'another process';
}

async function busy(path: string): Promise<LockstepError> {
  return new LockstepError('busy', `${path} is held by ${await holderOf(path)}`, {
    context: { path },
    hint: 'wait until it has ended, then run again',
  });
}
