import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { PACKAGE_ROOT } from '../../system/package-root.ts';
import { COMPAT_FILE } from './places.ts';
import { type CompatTable, CompatTableV1 } from './table.ts';

/** What comes with lockstep: the table and the keys. */
export const OPENZFS_DATA: string = join(PACKAGE_ROOT, 'data/openzfs');

const SHIPPED = join(OPENZFS_DATA, 'compat.json');

/** A table and where it was read. */
export interface ReadTable {
  table: CompatTable;
  path: string;
  /** True for the one that comes with lockstep. */
  shipped: boolean;
}

/** The table that counts in a project: its own when it has one, else the shipped one. */
export async function readCompatTable(
  project: string,
  name: string = COMPAT_FILE,
): Promise<ReadTable> {
  const own = join(project, name);
  const text = await readFile(own, 'utf8').catch(ignoreAbsence);
  if (text !== undefined) return { table: parseCompatTable(text, own), path: own, shipped: false };
  const shipped = await readFile(SHIPPED, 'utf8');
  return { table: parseCompatTable(shipped, SHIPPED), path: SHIPPED, shipped: true };
}

/** Reads the JSON of a table; throws `config` with every problem. */
export function parseCompatTable(text: string, where: string): CompatTable {
  const parsed = CompatTableV1.safeParse(jsonOf(text, where));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${where}: ${[issue.path.join('.'), issue.message].filter(Boolean).join(': ')}`,
  );
  throw new LockstepError('config', problems.slice(0, 20).join('\n'), {
    hint: 'remove it, or make it anew with: lockstep compat refresh --all',
  });
}

/** Writes a table at one blow. */
export async function writeCompatTable(path: string, table: CompatTable): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(table, null, 2)}\n`);
  await rename(fresh, path);
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LockstepError('config', `${where}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
