import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { globMatcher, isLiteral, literalPrefix } from './path-glob.ts';

/**
 * The files below a folder whose paths match patterns (as `globMatcher` reads them), sorted. Only
 * folders that a pattern begins with are looked into, deeper ones where it holds `**`; folders that
 * are not there hold nothing. Node's own `glob` costs a short call a tenth of its time.
 */
export function findFiles(folder: string, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) =>
    isLiteral(pattern) ? [pattern] : pathsLike(folder, pattern),
  );
  return [...new Set(found)].filter((path) => isFile(join(folder, path))).sort();
}

function pathsLike(folder: string, pattern: string): string[] {
  const top = join(folder, literalPrefix(pattern));
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];
  const matches = globMatcher(pattern);
  return readdirSync(top, { recursive: pattern.includes('**'), encoding: 'utf8' })
    .map((path) => relative(folder, join(top, path)))
    .filter((path) => matches(path));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
