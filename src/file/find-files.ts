import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { globMatcher, isLiteral, literalPrefix } from './path-glob.ts';

/**
 * The files below a folder whose paths match patterns (as `globMatcher` reads them), sorted. Only
 * folders that a pattern begins with are looked into, deeper ones where it holds `**`; folders that
 * are not there hold nothing. Node's own `glob` costs a short call a tenth of its time.
 */
export async function findFiles(folder: string, patterns: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    patterns.map((pattern) =>
      isLiteral(pattern) ? fileAt(folder, pattern) : filesLike(folder, pattern),
    ),
  );
  return [...new Set(found.flat())].sort();
}

async function fileAt(folder: string, path: string): Promise<string[]> {
  const found = await stat(join(folder, path)).catch(nothingThere);
  return found?.isFile() ? [path] : [];
}

async function filesLike(folder: string, pattern: string): Promise<string[]> {
  const top = join(folder, literalPrefix(pattern));
  const options = { recursive: pattern.includes('**'), withFileTypes: true } as const;
  const entries: Dirent[] = (await readdir(top, options).catch(nothingThere)) ?? [];
  const matches = globMatcher(pattern);
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((path) => matches(path));
  // Links lead to files or to folders.
  return (await Promise.all(paths.map((path) => fileAt(folder, path)))).flat();
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
