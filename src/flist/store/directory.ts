import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { STORED_LIMIT } from '../block/codec.ts';
import { type BlockStore, type Layout, objectNames, writtenNames } from './store.ts';

/** A folder of blocks. Nothing is made before something is stored. */
export function openDirectoryStore(root: string, layout: Layout = 'sharded'): BlockStore {
  return {
    name: `dir://${root}`,
    get: (id) => firstThere(root, id),
    holds: async (id) => {
      for (const name of objectNames(id)) if ((await sizeOf(join(root, name))) != null) return true;
      return false;
    },
    has: async (id, size) => {
      const sizes = await Promise.all(
        writtenNames(id, layout).map((name) => sizeOf(join(root, name))),
      );
      return sizes.every((found) => found != null && (size == null || found === size));
    },
    put: async (id, stored) => {
      for (const name of writtenNames(id, layout)) await writeWhole(join(root, name), stored);
    },
  };
}

async function firstThere(root: string, id: string): Promise<Uint8Array | undefined> {
  for (const name of objectNames(id)) {
    const path = join(root, name);
    const size = await sizeOf(path);
    if (size == null) continue;
    if (size > STORED_LIMIT)
      throw new LockstepError('limit-exceeded', `${path} is larger than a block can be`);
    return readFile(path);
  }
  return undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
