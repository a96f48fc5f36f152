import {
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import type { FileTree, TreeEntry, TreeFile } from './tree.ts';

const FILE_LIMIT = 512 << 20;
const LINK_LIMIT = 40;
/** Asking another thread for each half megabyte takes longer than reading files of this size. */
const READ_AT_ONCE = 16 << 20;

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
      const place = resolveInside(root, path);
      return place == null ? undefined : join(root, place);
    },
  };
}

/**
 * Without waiting, as all that is asked here: asking for thousands of files one by one costs ten
 * times as much, and a generator that waits between them costs as much again as asking.
 */
function listFolder(root: string, prefix: string): AsyncIterable<TreeEntry> {
  return {
    [Symbol.asyncIterator]: () => {
      const entries = below(root, prefix);
      return { next: async () => entries.next(), return: async () => entries.return(undefined) };
    },
  };
}

function* below(root: string, prefix: string): Generator<TreeEntry, undefined> {
  const start = resolveInside(root, prefix);
  const left = start == null ? [] : entriesIn(root, start);
  for (let next = left.pop(); next; next = left.pop()) {
    const { found, path } = next;
    yield entryOf(found, path, `${root}/${path}`);
    if (found.isDirectory()) for (const entry of entriesIn(root, path)) left.push(entry);
  }
}

interface Found {
  found: Dirent;
  path: string;
}

/** What stands right in a folder, the first by name at the end. */
function entriesIn(root: string, folder: string): Found[] {
  try {
    const entries = readdirSync(`${root}/${folder}`, { withFileTypes: true });
    const sorted = entries.sort((a, b) => (a.name < b.name ? 1 : -1));
    const before = folder === '' ? '' : `${folder}/`;
    return sorted.map((found) => ({ found, path: `${before}${found.name}` }));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw named(error, `${root}/${folder}`);
  }
}

function entryOf(found: Dirent, path: string, full: string): TreeEntry {
  if (found.isFile()) return fileEntry(path, full);
  if (found.isDirectory()) return { path, size: 0, type: 'directory' };
  if (!found.isSymbolicLink()) return { path, size: 0, type: 'other' };
  return { path, size: 0, type: 'symlink', linkTarget: readlinkSync(full) };
}

/** The size is asked for by few, and to ask for it takes longer than to list. */
function fileEntry(path: string, full: string): TreeEntry {
  return {
    path,
    type: 'file',
    get size() {
      // It may be gone since it was listed; whoever reads it is told so.
      return lstatSync(full, { throwIfNoEntry: false })?.size ?? 0;
    },
  };
}

async function readTreeFile(root: string, path: string): Promise<Uint8Array> {
  const place = resolveInside(root, path);
  const stats = place == null ? undefined : statsOf(join(root, place), path);
  if (place == null || !stats?.isFile()) {
    throw new LockstepError('not-found', `no file ${path} in ${root}`, { context: { path } });
  }
  if (stats.size > FILE_LIMIT) {
    throw new LockstepError('limit-exceeded', `${path} is larger than ${FILE_LIMIT} bytes`);
  }
  try {
    const full = join(root, place);
    return stats.size <= READ_AT_ONCE ? readFileSync(full) : await readFile(full);
  } catch (error) {
    throw named(error, path);
  }
}

async function* readTreeFiles(root: string, paths: ReadonlySet<string>): AsyncGenerator<TreeFile> {
  for (const path of paths) {
    const content = await readTreeFile(root, path).catch(ifNotFound);
    if (content) yield { path, content };
  }
}

/** The path without links, relative to the root; undefined when something on the way is missing. */
function resolveInside(root: string, path: string): string | undefined {
  const left = path.split('/').filter(Boolean);
  const done: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const part = left.shift() ?? '';
    if (part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const full = join(root, ...done, part);
    const stats = statsOf(full, path);
    if (!stats) return undefined;
    if (!stats.isSymbolicLink()) {
      done.push(part);
      continue;
    }
    if (++links > LINK_LIMIT) return undefined;
    const target = readlinkSync(full);
    if (target.startsWith('/')) done.length = 0;
    left.unshift(...target.split('/').filter(Boolean));
  }
  return done.join('/');
}

/** What stands there; undefined when there is nothing. `path` is for messages. */
function statsOf(full: string, path: string): Stats | undefined {
  try {
    return lstatSync(full, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw named(error, path);
  }
}

/** What this user may not read has a name of its own. */
function named(error: unknown, path: string): unknown {
  if (!hasCode(error, 'EACCES', 'EPERM')) return error;
  return new LockstepError('not-allowed', `this user may not read ${path}`, {
    cause: error,
    context: { path },
  });
}

function ifNotFound(error: unknown): undefined {
  if (error instanceof LockstepError && error.code === 'not-found') return undefined;
  throw error;
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
