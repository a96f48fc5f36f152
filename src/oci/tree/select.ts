import { linkTarget } from '../../file/path.ts';
import { globMatcher, isLiteral, literalPrefix } from '../../file/path-glob.ts';
import type { ImageEntry, ImageTree } from './tree.ts';

/**
 * What a pattern names in a tree, sorted by path: with wildcards, see `globMatcher`; a plain
 * path is that file, or everything below that folder. Links that the pattern begins with are
 * followed: `lib/modules/*` finds what is under `usr/lib/modules`.
 */
export async function selectEntries(tree: ImageTree, pattern = '**'): Promise<ImageEntry[]> {
  if (isLiteral(pattern)) return plain(tree, pattern);
  const prefix = literalPrefix(pattern);
  const folder = prefix === '' ? '' : tree.entry(prefix, true)?.path;
  if (folder === undefined) return [];
  const rest = pattern.replace(/^\/+/, '').slice(prefix === '' ? 0 : prefix.length + 1);
  const matches = globMatcher(prefix === '' ? pattern : `./${rest}`);
  const start = folder === '' ? 0 : folder.length + 1;
  const entries: ImageEntry[] = [];
  for await (const entry of tree.list(folder)) {
    const path = entry.path.slice(start);
    if (matches(prefix === '' ? path : `./${path}`)) entries.push(entry);
  }
  return entries;
}

/** Tells for plain paths whether a pattern may select them; for `ImageTreeOptions.keep`. */
export function mayBeSelected(pattern: string): (path: string) => boolean {
  if (!isLiteral(pattern)) return globMatcher(pattern);
  const clean = linkTarget('', pattern);
  return (path) => clean === '' || path === clean || path.startsWith(`${clean}/`);
}

async function plain(tree: ImageTree, path: string): Promise<ImageEntry[]> {
  const entry = tree.entry(path);
  const target = entry?.type === 'symlink' ? tree.entry(path, true) : entry;
  if (target?.type === 'directory') return Array.fromAsync(tree.list(target.path));
  return entry ? [entry] : [];
}
