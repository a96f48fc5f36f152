import type { FileTree } from '../../file/tree.ts';
import { LockstepError } from '../../system/error.ts';

/** A tree of the given files. */
export function treeOf(files: Record<string, string | Uint8Array>): FileTree {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  return {
    name: 'a tree',
    async *list(prefix) {
      for (const [path, content] of tree) {
        if (path.startsWith(prefix)) yield { path, size: content.length, type: 'file' };
      }
    },
    async read(path) {
      const content = tree.get(path);
      if (content) return content;
      throw new LockstepError('not-found', `a tree has no ${path}`);
    },
    async *readMany(paths) {
      for (const path of paths) {
        const content = tree.get(path);
        if (content) yield { path, content };
      }
    },
  };
}
