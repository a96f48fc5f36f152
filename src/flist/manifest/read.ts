import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../system/finding.ts';
import type { BlockName } from '../block/codec.ts';
import { type Route } from '../store/route.ts';
import { firstOfEach } from './first-of-each.ts';
import { checkNameBytes } from './name-rules.ts';
import { damaged, openManifest } from './open.ts';
import { checkRoutes } from './route-rules.ts';
import type { Inode, Manifest } from './rows.ts';
import { checkTree } from './tree-rules.ts';
import { checkValues } from './values.ts';

/** A manifest as far as it could be read, with all that is wrong with it. */
export interface ReadManifest {
  /** Undefined when what is there cannot be read as one. */
  manifest?: Manifest;
  findings: Finding[];
}

/**
 * Reads a whole manifest into memory and checks it by itself; its blocks are not asked for.
 * Throws `usage` when the file cannot be read.
 */
export function readManifest(path: string): ReadManifest {
  const opened = openManifest(path);
  if ('findings' in opened) return opened;
  using database = opened.database;
  try {
    const wrong = checkValues(database);
    if (wrong.length > 0) return { findings: wrong };
    const manifest = readRows(database);
    const names = checkNameBytes(database, manifest.inodes);
    return { manifest, findings: firstOfEach([names, checkTree(manifest), checkRoutes(manifest)]) };
  } catch (error) {
    return { findings: [damaged((error as Error).message)] };
  }
}

function readRows(database: DatabaseSync): Manifest {
  const targets = new Map(
    rows<{ ino: number; data: Uint8Array }>(database, 'SELECT * FROM extra').map(
      ({ ino, data }) => [ino, data],
    ),
  );
  const inodes: Inode[] = [];
  for (const row of database.prepare('SELECT * FROM inode ORDER BY ino').iterate()) {
    const inode = row as unknown as Inode;
    const target = targets.get(inode.ino);
    inodes.push(target ? { ...inode, target } : { ...inode });
  }
  const tags = rows<{ key: string; value: string }>(database, 'SELECT * FROM tag ORDER BY key');
  return {
    inodes,
    blocks: readBlocks(database),
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    routes: rows<Route>(database, 'SELECT * FROM route ORDER BY rowid').map((row) => ({ ...row })),
  };
}

/** Blocks of a file stand in the order of their rows: there is no other. */
function readBlocks(database: DatabaseSync): Map<number, BlockName[]> {
  const blocks = new Map<number, BlockName[]>();
  const pooled = hashPool();
  for (const row of database.prepare('SELECT ino, id, key FROM block ORDER BY rowid').iterate()) {
    const { ino, id, key } = row as unknown as { ino: number } & BlockName;
    const name = { id: pooled(id), key: pooled(key) };
    const known = blocks.get(ino);
    if (known) known.push(name);
    else blocks.set(ino, [name]);
  }
  return blocks;
}

/** Hashes that share their memory. */
const POOL = 128 * 32;

/** Copies hashes into memory that many of them share: a buffer of its own takes ten times as much. */
function hashPool(): (hash: Uint8Array) => Uint8Array {
  let pool = new Uint8Array(POOL);
  let used = 0;
  return (hash) => {
    if (used + hash.length > pool.length) {
      pool = new Uint8Array(POOL);
      used = 0;
    }
    pool.set(hash, used);
    used += hash.length;
    return pool.subarray(used - hash.length, used);
  };
}

function rows<T>(database: DatabaseSync, sql: string): T[] {
  return database.prepare(sql).all() as T[];
}
