import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../../system/error.ts';

/** A database that is being written beside the file that it will be. */
export interface FreshDatabase {
  path: string;
  /** Holds SQLite's lock, thus the kernel's, from its first byte until it is closed. */
  database: DatabaseSync;
}

/**
 * Opens a database under a name of its own beside a file, in a transaction. What others have left
 * there when they were killed is taken away. Throws `usage` where no file can be made.
 */
export async function openFresh(path: string): Promise<FreshDatabase> {
  try {
    await removeLeftovers(path);
    return lockedBeside(path);
  } catch (cause) {
    throw new LockstepError('usage', `cannot write ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function lockedBeside(path: string): FreshDatabase {
  for (;;) {
    const fresh = `${path}.${randomBytes(6).toString('hex')}.new`;
    const database = new DatabaseSync(fresh, { timeout: 1000 });
    // A file of our own that nobody else opens needs no journal: it is written or thrown away.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    // Before it was locked somebody may have taken it for a leftover.
    if (existsSync(fresh)) return { path: fresh, database };
    database.close();
  }
}

/** statfs(2): ext, XFS, Btrfs, ZFS and tmpfs. */
const LOCAL = new Set([0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0x01021994]);

/** True for a folder in which locks are seen by all that can write there: no other machine can. */
export async function showsLocks(folder: string): Promise<boolean> {
  return LOCAL.has((await statfs(folder)).type);
}

/** A writer that is gone holds no lock. What cannot be removed is left. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  if (!(await showsLocks(folder))) return;
  const names = (await readdir(folder)).filter((name) => isFresh(name, basename(path)));
  for (const name of names) await removeUnlocked(join(folder, name)).catch(() => undefined);
}

function isFresh(name: string, of: string): boolean {
  return name.startsWith(`${of}.`) && /^[0-9a-f]{12}\.new$/.test(name.slice(of.length + 1));
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html): told only to those who got the lock. */
const CUT = new Set([11, 26]);

/** It goes while it is locked, so that nobody can begin to write it. */
async function removeUnlocked(path: string): Promise<void> {
  using database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    if (!CUT.has((error as { errcode?: number }).errcode ?? 0)) throw error;
  }
  await rm(path);
}
