import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import type { FileTree, TreeEntry, TreeFile } from './tree.ts';

const FILE_LIMIT = 512 << 20;
const LINK_LIMIT = 40;

/**
 * Opens a folder of this machine as a tree: links are followed inside of it, absolute ones from
 * it. Nothing is read before it is asked for.
 */
export function openDirectoryTree(root: string, name: string = root): FileTree {
  return {
    name,
    list: (prefix) => listFolder(root, prefix),
    read: (path) => readTreeFile(root, path),
    readMany: (paths) => readTreeFiles(root, paths),
    locate: async (path) => {
      const place = await resolveInside(root, path);
      return place == null ? undefined : join(root, place);
    },
  };
}

async function* listFolder(root: string, prefix: string): AsyncGenerator<TreeEntry> {
  const start = await resolveInside(root, prefix);
  if (start == null) return;
  yield* below(root, start);
}

/** One folder at a time without waiting: asking for thousands of files one by one costs ten times as much. */
function* below(root: string, folder: string): Generator<TreeEntry> {
  for (const name of namesIn(join(root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const entry = entryAt(root, path);
    yield entry;
    if (entry.type === 'directory') yield* below(root, path);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw named(error, folder);
  }
}

function entryAt(root: string, path: string): TreeEntry {
  const full = join(root, path);
  const stats = lstatSync(full);
  if (stats.isSymbolicLink()) {
    return { path, size: 0, type: 'symlink', linkTarget: readlinkSync(full) };
  }
  if (stats.isDirectory()) return { path, size: 0, type: 'directory' };
  return stats.isFile()
    ? { path, size: stats.size, type: 'file' }
    : { path, size: 0, type: 'other' };
}

async function readTreeFile(root: string, path: string): Promise<Uint8Array> {
  const place = await resolveInside(root, path);
  const stats = place == null ? undefined : await lstat(join(root, place)).catch(ifMissing);
  if (place == null || !stats?.isFile()) {
    throw new LockstepError('not-found', `no file ${path} in ${root}`, { context: { path } });
  }
  if (stats.size > FILE_LIMIT) {
    throw new LockstepError('limit-exceeded', `${path} is larger than ${FILE_LIMIT} bytes`);
  }
  return readFile(join(root, place)).catch((error: unknown) => {
    throw named(error, path);
  });
}

async function* readTreeFiles(root: string, paths: ReadonlySet<string>): AsyncGenerator<TreeFile> {
  for (const path of paths) {
    const content = await readTreeFile(root, path).catch(ifNotFound);
    if (content) yield { path, content };
  }
}

/** The path without links, relative to the root; undefined when something on the way is missing. */
async function resolveInside(root: string, path: string): Promise<string | undefined> {
  const left = path.split('/').filter(Boolean);
  const done: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const part = left.shift() ?? '';
    if (part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const stats = await lstat(join(root, ...done, part)).catch((error: unknown) => {
      ifMissing(named(error, path));
    });
    if (!stats) return undefined;
    if (!stats.isSymbolicLink()) {
      done.push(part);
      continue;
    }
    if (++links > LINK_LIMIT) return undefined;
    const target = await readlink(join(root, ...done, part));
    if (target.startsWith('/')) done.length = 0;
    left.unshift(...target.split('/').filter(Boolean));
  }
  return done.join('/');
}

/** What this user may not read has a name of its own. */
function named(error: unknown, path: string): unknown {
  if (!hasCode(error, 'EACCES', 'EPERM')) return error;
  return new LockstepError('not-allowed', `this user may not read ${path}`, {
    cause: error,
    context: { path },
  });
}

function ifMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}

function ifNotFound(error: unknown): undefined {
  if (error instanceof LockstepError && error.code === 'not-found') return undefined;
  throw error;
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
