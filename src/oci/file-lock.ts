import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../system/error.ts';

/** Milliseconds after which `busy` is thrown when others do not let go of a lock. */
const PATIENCE = 60_000;

/** Callers of this process, one line for each lock file. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `action` while no other process runs one under the same lock file. The lock is SQLite's
 * own lock on an empty file, thus the kernel's (fcntl), which goes when its holder goes:
 * nobody has to judge whether an owner that was killed is dead.
 */
export function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const mine = before.then(() => locked(path, action));
  const settled = mine.catch(() => {});
  queues.set(path, settled);
  void settled.then(() => {
    if (queues.get(path) === settled) queues.delete(path);
  });
  return mine;
}

async function locked<T>(path: string, action: () => Promise<T>): Promise<T> {
  // Opened here first so that a missing folder or right is told by the system's own error.
  closeSync(openSync(path, 'a'));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    await acquire(database, path);
    return await action();
  } finally {
    database.close();
  }
}

async function acquire(database: DatabaseSync, path: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (cause) {
      if (!isBusy(cause)) throw cause;
      if (performance.now() > deadline) throw busy(path, cause);
    }
    await sleep(1 + Math.random() * 4);
  }
}

/** SQLITE_BUSY is 5; sqlite.org/rescode.html. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function busy(path: string, cause: unknown): LockstepError {
  return new LockstepError('busy', `another process holds ${path} for more than a minute`, {
    cause,
    context: { path },
  });
}
