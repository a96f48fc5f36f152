import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { COLUMNS, MANIFEST_LIMIT, type TableName } from './schema.ts';

/** A manifest that can be asked, or what makes it no manifest. */
export type OpenedManifest = { database: DatabaseSync } | { findings: Finding[] };

const MAGIC = 'SQLite format 3\0';

/**
 * Opens a manifest immutable: SQLite makes no files beside it, takes no lock and follows no
 * journal. Throws `usage` when the file cannot be read.
 */
export function openManifest(path: string): OpenedManifest {
  const broken = wrongHeader(path);
  if (broken) return { findings: [damaged(broken)] };
  const database = new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
  try {
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    const problem = wrongTables(database) ?? wrongPages(database);
    if (problem == null) return { database };
    database.close();
    return { findings: [damaged(problem)] };
  } catch (error) {
    database.close();
    return { findings: [damaged((error as Error).message)] };
  }
}

/** A finding of what is no manifest, or holds what a manifest cannot. */
export function damaged(message: string): Finding {
  return {
    rule: 'manifest-damaged',
    severity: 'error',
    message,
    hint: 'fetch or pack the flist again',
  };
}

/** What SQLite's header says against the file (sqlite.org/fileformat.html, 1.3). */
function wrongHeader(path: string): string | undefined {
  const header = Buffer.alloc(100);
  const size = readStart(path, header);
  if (size > MANIFEST_LIMIT) return `it is larger than ${MANIFEST_LIMIT} bytes`;
  if (size < header.length || header.toString('latin1', 0, 16) !== MAGIC)
    return 'it is not an SQLite database';
  const page = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16);
  const told = page * header.readUInt32BE(28);
  return told > size ? `it is cut: ${size} of ${told} bytes are there` : undefined;
}

function readStart(path: string, into: Buffer): number {
  try {
    const { size } = statSync(path);
    const file = openSync(path, 'r');
    try {
      readSync(file, into, 0, into.length, 0);
    } finally {
      closeSync(file);
    }
    return size;
  } catch (cause) {
    throw new LockstepError('usage', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Only plain tables with the columns of rfs are asked: a view or a made-up column runs what its author wrote. */
function wrongTables(database: DatabaseSync): string | undefined {
  const made = database.prepare('SELECT name, type, sql FROM sqlite_master').all();
  for (const { name, type, sql } of made) {
    const problem = wrongObject(database, {
      name: String(name),
      type: String(type),
      sql: String(sql),
    });
    if (problem != null) return problem;
  }
  const tables = new Map(made.filter(({ type }) => type === 'table').map((one) => [one.name, one]));
  for (const name of Object.keys(COLUMNS) as TableName[]) {
    if (!tables.has(name)) return `there is no table ${name}`;
    const columns = database.prepare(`PRAGMA table_xinfo(${name})`).all();
    const plain = columns.every(({ hidden }) => hidden === 0);
    const names = columns.map((column) => String(column.name));
    if (!plain || names.join() !== COLUMNS[name].join())
      return `the table ${name} has other columns: ${JSON.stringify(names).slice(0, 200)}`;
  }
  return undefined;
}

interface SchemaObject {
  name: string;
  type: string;
  sql: string;
}

/** SQLite computes constraints and indexes when it checks its pages, tables of modules even run code. */
function wrongObject(
  database: DatabaseSync,
  { name, type, sql }: SchemaObject,
): string | undefined {
  const shown = JSON.stringify(name.slice(0, 100));
  if (type === 'view' && name in COLUMNS) return `${name} is not a plain table`;
  if (type === 'table' && (!/^create\s+table\b/i.test(sql) || /\bcheck\b|\bas\b/i.test(sql)))
    return `${shown} is not a plain table`;
  if (type !== 'index') return undefined;
  const columns = database.prepare('SELECT cid FROM pragma_index_xinfo(?)').all(name);
  const computed = columns.some(({ cid }) => cid === EXPRESSION);
  return computed || /\bwhere\b/i.test(sql) ? `the index ${shown} is computed` : undefined;
}

/** The number that SQLite gives a column of an index that is an expression (pragma index_xinfo). */
const EXPRESSION = -2;

function wrongPages(database: DatabaseSync): string | undefined {
  const [first] = database.prepare('PRAGMA integrity_check(1)').all();
  const told = first?.integrity_check;
  return told === 'ok' ? undefined : `SQLite says of it: ${String(told)}`;
}
