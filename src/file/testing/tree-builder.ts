import { memoryTree } from '../memory-tree.ts';
import type { FileTree } from '../tree.ts';

/** A tree in memory: path to content; folders are made as needed. */
export function aTree(files: Record<string, string | Uint8Array>): FileTree {
  const contents = Object.entries(files).map(
    ([path, content]) => [path, Buffer.from(content as Uint8Array)] as const,
  );
  return memoryTree('tree', new Map(contents));
}
