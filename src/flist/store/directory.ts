import { closeSync, fstatSync, openSync, read, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LockstepError } from '../../system/error.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { STORED_LIMIT } from '../block/codec.ts';
import { type BlockStore, type Layout, objectNames, writtenNames } from './store.ts';

const readPart = promisify(read);

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
    if (isThere(path)) return readBlock(path);
  }
  return undefined;
}

/** Asked on the spot, as `readBlock` opens: that takes less time than to ask another thread. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Only the content may be long in coming. */
async function readBlock(path: string): Promise<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > STORED_LIMIT)
      throw new LockstepError('limit-exceeded', `${path} is larger than a block can be`);
    const content = Buffer.allocUnsafeSlow(size);
    let done = 0;
    for (let part = 1; part > 0 && done < size; done += part)
      part = (await readPart(file, content, done, size - done, done)).bytesRead;
    return content.subarray(0, done);
  } finally {
    closeSync(file);
  }
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
