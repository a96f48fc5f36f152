import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeHere } from '../../system/write-whole.ts';
import { openCacheReader, placeOf } from './cached-reads.ts';
import type { SizedBlock } from './file-part.ts';

/** Content of blocks in a folder, where rfs keeps it: `hh/hh/ID`. */
export interface BlockCache {
  /** The content, when it is there and is what its key is the hash of. */
  get(block: SizedBlock): Promise<Uint8Array | undefined>;
  put(block: SizedBlock, content: Uint8Array): Promise<void>;
}

/** `limit`: bytes that it may hold; the blocks that were stored first go first. */
export async function openBlockCache(folder: string, limit: number): Promise<BlockCache> {
  const read = await openCacheReader(folder);
  const held = await contentsOf(folder);
  let bytes = [...held.values()].reduce((sum, size) => sum + size, 0);
  const drop = async (path: string) => {
    bytes -= held.get(path) ?? 0;
    held.delete(path);
    await rm(path, { force: true });
  };
  return {
    async get(block) {
      const path = placeOf(folder, block.id);
      if (!held.has(path)) return undefined;
      const content = Buffer.allocUnsafeSlow(block.size);
      if (read(block, content)) return content;
      await drop(path);
      return undefined;
    },
    async put({ id }, content) {
      const path = placeOf(folder, id);
      if (content.length > limit) return;
      while (bytes + content.length > limit) {
        const [oldest] = held.keys();
        if (oldest == null) break;
        await drop(oldest);
      }
      await writeWholeHere(path, content);
      bytes += content.length - (held.get(path) ?? 0);
      held.set(path, content.length);
    },
  };
}

/** What is there already, by path, the oldest first; leftovers of killed writers are removed. */
async function contentsOf(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found: { path: string; size: number; time: number }[] = [];
  for (const path of files) {
    if (path.endsWith('.new')) await rm(path, { force: true });
    const stats = path.endsWith('.new') ? undefined : await stat(path).catch(() => undefined);
    if (stats) found.push({ path, size: stats.size, time: stats.mtimeMs });
  }
  found.sort((one, other) => one.time - other.time);
  return new Map(found.map(({ path, size }) => [path, size]));
}
