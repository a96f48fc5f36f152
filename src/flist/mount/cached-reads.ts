import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createBLAKE2b } from 'hash-wasm';
import { BLOCK_SIZE } from '../block/codec.ts';
import { hexOf } from '../manifest/blocks.ts';
import { pieceOf } from './block-reads.ts';
import type { FilePart, SizedBlock } from './file-part.ts';

/** Where a cache keeps a block: as rfs does, `hh/hh/ID`. */
export function placeOf(folder: string, id: Uint8Array): string {
  const name = hexOf(id);
  return join(folder, name.slice(0, 2), name.slice(2, 4), name);
}

/** Reads a block into the start of a buffer; true when it is there and is what its key is the hash of. */
export type ReadCached = (block: SizedBlock, into: Buffer) => boolean;

export async function openCacheReader(folder: string): Promise<ReadCached> {
  const hasher = await createBLAKE2b(256);
  return ({ id, key, size }, into) => {
    if (readStart(placeOf(folder, id), into.subarray(0, size)) !== size) return false;
    const hash = hasher.init().update(into.subarray(0, size)).digest('binary');
    return Buffer.compare(hash, key) === 0;
  };
}

/** How much of a file was read; -1 when it cannot be opened. */
function readStart(path: string, into: Buffer): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return -1;
  }
  try {
    return readSync(file, into, 0, into.length, 0);
  } catch {
    return -1;
  } finally {
    closeSync(file);
  }
}

/** Memory of one block; nothing is in it while it has no id. */
interface Slot {
  id: string;
  bytes: Buffer;
}

/** Blocks that stay in memory: those of a few files that are read at the same time. */
const SLOTS = 8;

/**
 * Gives parts of files of which all blocks are in a cache; undefined when one is not, or is not
 * what it must be. What it gives is good until the next call.
 */
export function cachedParts(read: ReadCached): (part: FilePart) => Buffer[] | undefined {
  const slots: Slot[] = [];
  const contentOf = (block: SizedBlock): Buffer | undefined => {
    const id = hexOf(block.id);
    const at = slots.findIndex((slot) => slot.id === id);
    const [slot = freeSlot(slots)] = at < 0 ? [] : slots.splice(at, 1);
    const isThere = slot.id === id || read(block, slot.bytes);
    slot.id = isThere ? id : '';
    slots.push(slot);
    return isThere ? slot.bytes.subarray(0, block.size) : undefined;
  };
  return ({ blocks, start, end }) => {
    const parts: Buffer[] = [];
    let offset = 0;
    for (const block of blocks) {
      const content = contentOf(block);
      if (!content) return undefined;
      parts.push(pieceOf(content, start - offset, end - offset));
      offset += block.size;
    }
    return parts;
  };
}

/** A new one, or the one that was not used for the longest time. */
function freeSlot(slots: Slot[]): Slot {
  const oldest = slots.length < SLOTS ? undefined : slots.shift();
  return { id: '', bytes: oldest?.bytes ?? Buffer.allocUnsafeSlow(BLOCK_SIZE) };
}
