import { rename, rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { BlockName } from '../block/codec.ts';
import { type FreshDatabase, openFresh } from './fresh.ts';
import { requirePlace, writeFault } from './place.ts';
import { type Manifest } from './rows.ts';
import { SCHEMA } from './schema.ts';

/**
 * Writes a manifest in one transaction. The file appears whole or not at all, and the same content
 * gives the same bytes. Throws `usage`, `not-allowed` or `disk-full` where it cannot be.
 */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await requirePlace(path);
  try {
    await writeThrough(await openFresh(path), path, manifest);
  } catch (error) {
    throw writeFault(error, path);
  }
}

async function writeThrough(fresh: FreshDatabase, path: string, manifest: Manifest): Promise<void> {
  using database = fresh.database;
  try {
    fill(database, manifest);
    await rename(fresh.path, path);
  } catch (error) {
    await rm(fresh.path, { force: true });
    throw error;
  }
}

function fill(database: DatabaseSync, manifest: Manifest): void {
  database.exec(SCHEMA);
  fillInodes(database, manifest);
  fillBlocks(database, manifest.blocks);
  const tag = database.prepare('INSERT INTO tag VALUES (?, ?)');
  for (const [key, value] of Object.entries(manifest.tags)) tag.run(key, value);
  const route = database.prepare('INSERT INTO route VALUES (?, ?, ?)');
  for (const { start, end, url } of manifest.routes) route.run(start, end, url);
  // It is on the disk when this is done (PRAGMA synchronous).
  database.exec('COMMIT');
}

function fillInodes(database: DatabaseSync, { inodes }: Manifest): void {
  const insert = database.prepare('INSERT INTO inode VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const extra = database.prepare('INSERT INTO extra VALUES (?, ?)');
  for (const { ino, parent, name, size, uid, gid, mode, rdev, ctime, mtime, target } of inodes) {
    insert.run(ino, parent, name, size, uid, gid, mode, rdev, ctime, mtime);
    if (target) extra.run(ino, target);
  }
}

function fillBlocks(
  database: DatabaseSync,
  blocks: ReadonlyMap<number, readonly BlockName[]>,
): void {
  const insert = database.prepare('INSERT INTO block VALUES (?, ?, ?)');
  for (const [ino, names] of blocks) for (const { id, key } of names) insert.run(ino, id, key);
}
