import { BLOCK_SIZE, type BlockName } from '../block/codec.ts';
import type { FlistEntry } from './entries.ts';

/** One block of a file: its name, where it begins and how much it holds, in bytes. */
export interface FileBlock extends BlockName {
  path: string;
  at: number;
  size: number;
}

/** The blocks of a file in their order. */
export function blocksOf({ path, size, blocks }: FlistEntry): FileBlock[] {
  return (blocks ?? []).map(({ id, key }, index) => {
    const at = index * BLOCK_SIZE;
    return { id, key, path, at, size: Math.min(BLOCK_SIZE, size - at) };
  });
}

/** Each block that files name once, as the first of them names it. */
export function distinctBlocks(entries: readonly FlistEntry[]): FileBlock[] {
  const seen = new Map<string, FileBlock>();
  for (const entry of entries) {
    for (const block of blocksOf(entry)) {
      const name = `${hexOf(block.id)} ${hexOf(block.key)} ${block.size}`;
      if (!seen.has(name)) seen.set(name, block);
    }
  }
  return [...seen.values()];
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
