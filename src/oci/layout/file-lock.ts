import { acquireLock } from '../../system/lock.ts';

/** Milliseconds after which `busy` is thrown when others do not let go of a lock. */
const PATIENCE = 60_000;

/** Locks of layouts are held for a moment. */
const PAUSE = 3;

/** Callers of this process, one line for each lock file: within a process the lock knows no turns. */
const queues = new Map<string, Promise<unknown>>();

/** Runs `action` while nobody else, in this process or another, runs one under the same lock file. */
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
  await using _lock = await acquireLock(path, { wait: PATIENCE, pause: PAUSE });
  return await action();
}
