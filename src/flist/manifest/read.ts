import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../system/finding.ts';
import type { BlockName } from '../block/codec.ts';
import { type Route } from '../store/route.ts';
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
    const findings = checkValues(database);
    if (findings.length > 0) return { findings };
    const manifest = readRows(database);
    return { manifest, findings: [...checkTree(manifest), ...checkRoutes(manifest)] };
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
  const inodes = rows<Inode>(database, 'SELECT * FROM inode ORDER BY ino').map((row) => {
    const target = targets.get(row.ino);
    return target ? { ...row, target } : { ...row };
  });
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
  for (const row of database.prepare('SELECT ino, id, key FROM block ORDER BY rowid').iterate()) {
    const { ino, id, key } = row as unknown as { ino: number } & BlockName;
    const known = blocks.get(ino);
    if (known) known.push({ id, key });
    else blocks.set(ino, [{ id, key }]);
  }
  return blocks;
}

function rows<T>(database: DatabaseSync, sql: string): T[] {
  return database.prepare(sql).all() as T[];
}
