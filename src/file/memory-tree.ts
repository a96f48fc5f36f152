import { LockstepError } from '../system/error.ts';
import type { FileTree, TreeEntry, TreeFile } from './tree.ts';

/**
 * A tree of files in memory, by their paths from the root, without a leading slash; it has the
 * folders that these name, and no links.
 */
export function memoryTree(name: string, files: ReadonlyMap<string, Uint8Array>): FileTree {
  return {
    name,
    async *list(prefix) {
      const folder = fromRoot(prefix);
      for (const entry of entriesOf(files)) {
        if (folder === '' || entry.path.startsWith(`${folder}/`)) yield entry;
      }
    },
    async read(path) {
      const content = files.get(fromRoot(path));
      if (content) return content;
      throw new LockstepError('not-found', `${name} has no file ${path}`, { context: { path } });
    },
    async *readMany(paths): AsyncGenerator<TreeFile> {
      for (const path of paths) {
        const content = files.get(fromRoot(path));
        if (content) yield { path, content };
      }
    },
  };
}

function fromRoot(path: string): string {
  return path.replace(/^\/+/, '');
}

function entriesOf(files: ReadonlyMap<string, Uint8Array>): TreeEntry[] {
  const entries = new Map<string, TreeEntry>();
  for (const [path, content] of files) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      entries.set(folder, { path: folder, size: 0, type: 'directory' });
    }
    entries.set(path, { path, size: content.length, type: 'file' });
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
