import { LockstepError } from '../../system/error.ts';
import type { FileTree, TreeEntry, TreeFile } from '../tree.ts';

/** A tree in memory: path to content; folders are made as needed. */
export function aTree(files: Record<string, string | Uint8Array>): FileTree {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [path, Buffer.from(content as Uint8Array)]),
  );
  const read = (path: string) => contents.get(path.replace(/^\//, ''));
  return {
    name: 'tree',
    async *list(prefix) {
      for (const entry of entriesOf(contents)) {
        if (prefix === '' || entry.path.startsWith(`${prefix}/`)) yield entry;
      }
    },
    async read(path) {
      const content = read(path);
      if (content) return content;
      throw new LockstepError('not-found', `no file ${path}`);
    },
    async *readMany(paths): AsyncGenerator<TreeFile> {
      for (const path of paths) {
        const content = read(path);
        if (content) yield { path, content };
      }
    },
  };
}

function entriesOf(contents: ReadonlyMap<string, Uint8Array>): TreeEntry[] {
  const entries = new Map<string, TreeEntry>();
  for (const [path, content] of contents) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      entries.set(folder, { path: folder, size: 0, type: 'directory' });
    }
    entries.set(path, { path, size: content.length, type: 'file' });
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
