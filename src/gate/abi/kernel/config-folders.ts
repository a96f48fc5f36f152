import { type FileTree, readIfThere, type TreeEntry } from '../../../file/tree.ts';

/** A file of configuration that counts. */
export interface ConfigFile {
  path: string;
  text: string;
}

/** Where kmod looks for its configuration, the first of one name counts (libkmod/libkmod.c). */
const PLACES = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'];

/**
 * The files of `depmod.d`, `modprobe.d` or `modules-load.d` in the order in which kmod reads them: by name, wherever
 * they lie. A file, or a link to `/dev/null`, masks those of the same name in later folders.
 */
export async function readConfigFolders(
  tree: FileTree,
  folder: 'depmod.d' | 'modprobe.d' | 'modules-load.d',
): Promise<ConfigFile[]> {
  const byName = new Map<string, string>();
  for (const place of PLACES) {
    for (const path of await childrenOf(tree, `${place}/${folder}`)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (/^[^.].*\.(?:conf|alias)$/.test(name) && !byName.has(name)) byName.set(name, path);
    }
  }
  const ofAlias = [...byName.keys()].filter((name) => name.endsWith('.alias'));
  if (ofAlias.length > 0 && !(folder === 'modprobe.d' && (await readsAlias(tree))))
    for (const name of ofAlias) byName.delete(name);
  const files: ConfigFile[] = [];
  for (const [, path] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const content = await readIfThere(tree, path);
    if (content) files.push({ path, text: Buffer.from(content).toString('utf8') });
  }
  return files;
}

const LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib64'];

/**
 * True where kmod reads files that end in `.alias` too: that of Debian 12 does (libkmod.so.2.4.0),
 * that of Debian 13 does not (libkmod.so.2.5.1).
 */
async function readsAlias(tree: FileTree): Promise<boolean> {
  for (const folder of LIBRARIES)
    for (const path of await childrenOf(tree, folder)) {
      const [, minor] = /\/libkmod\.so\.2\.(\d+)\.\d+$/.exec(path) ?? [];
      if (minor != null) return Number(minor) < 5;
    }
  return true;
}

/** What stands right in a folder and is none itself. */
export async function childrenOf(tree: FileTree, folder: string): Promise<string[]> {
  const entries: TreeEntry[] = [];
  for await (const entry of tree.list(folder)) entries.push(entry);
  const depth = entries[0]?.path.split('/').length;
  return entries
    .filter(({ path, type }) => type !== 'directory' && path.split('/').length === depth)
    .map(({ path }) => path);
}
