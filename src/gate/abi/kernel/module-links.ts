import { linkTarget, nameOf, parentOf } from '../../../file/path.ts';
import type { FileTree, TreeEntry } from '../../../file/tree.ts';

/** A module file name. */
type IsModule = (path: string) => boolean;

/** Modules in folders that are reached through a link, under the path of the link. */
export async function modulesBehind(
  tree: FileTree,
  link: TreeEntry,
  isModule: IsModule,
): Promise<TreeEntry[]> {
  const found: TreeEntry[] = [];
  let depth = 0;
  for await (const entry of tree.list(link.path)) {
    // The first entry always stands right in the folder, wherever that is.
    depth ||= entry.path.split('/').length;
    const rest = entry.path
      .split('/')
      .slice(depth - 1)
      .join('/');
    const isFile = entry.type === 'file' || entry.type === 'symlink';
    if (!isFile || !isModule(entry.path)) continue;
    const path = `${link.path}/${rest}`;
    found.push({ ...entry, path, type: 'symlink', linkTarget: `/${entry.path}` });
  }
  return found;
}

/** Those of some links that lead to nothing. Each folder that they lead to is listed once. */
export async function dangling(
  tree: FileTree,
  links: readonly TreeEntry[],
): Promise<ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>();
  const lost = new Set<string>();
  for (const { path, linkTarget: target = '' } of links) {
    const place = linkTarget(parentOf(path), target);
    const names = folders.get(parentOf(place)) ?? (await namesIn(tree, parentOf(place)));
    folders.set(parentOf(place), names);
    if (!names.has(nameOf(place))) lost.add(path);
  }
  return lost;
}

async function namesIn(tree: FileTree, folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  let depth = 0;
  for await (const { path } of tree.list(folder)) {
    depth ||= path.split('/').length;
    if (path.split('/').length === depth) names.add(nameOf(path));
  }
  return names;
}
