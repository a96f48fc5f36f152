import { BLOCK_SIZE, type BlockName } from '../block/codec.ts';
import { hexOf } from '../manifest/blocks.ts';

/** Content of a block, or why there is none. */
export type FetchBlock = (name: BlockName, size: number) => Promise<Uint8Array | undefined>;

/** One file as its blocks tell it. */
export interface BlockFile {
  names: readonly BlockName[];
  size: number;
}

/** Gives parts of files; each block is fetched once, however many ask for it at a time. */
export interface BlockReads {
  /** The bytes from `start` to before `end`; undefined when a block cannot be had now. */
  range(file: BlockFile, start: number, end: number): Promise<Buffer[] | undefined>;
}

/** `keep`: how many blocks stay in memory. The block after the last one asked for is fetched ahead. */
export function openBlockReads(fetch: FetchBlock, keep = 32): BlockReads {
  const held = new Map<string, Promise<Uint8Array | undefined>>();
  const blockOf = ({ names, size }: BlockFile, index: number) => {
    const name = names[index];
    if (!name) return Promise.resolve(undefined);
    const id = hexOf(name.id);
    const known = held.get(id);
    if (known) {
      held.delete(id);
      held.set(id, known);
      return known;
    }
    const asked = fetch(name, Math.min(BLOCK_SIZE, size - index * BLOCK_SIZE)).catch(
      () => undefined,
    );
    held.set(id, asked);
    // What failed is asked for again by the next who needs it.
    void asked.then((content) => {
      if (!content && held.get(id) === asked) held.delete(id);
    });
    for (const oldest of held.keys()) {
      if (held.size <= keep) break;
      held.delete(oldest);
    }
    return asked;
  };
  return {
    async range(file, start, end) {
      const first = Math.floor(start / BLOCK_SIZE);
      const last = Math.floor((end - 1) / BLOCK_SIZE);
      const asked = Array.from({ length: last - first + 1 }, (_, at) => blockOf(file, first + at));
      if (last + 1 < file.names.length) void blockOf(file, last + 1);
      const parts: Buffer[] = [];
      for (const [at, block] of asked.entries()) {
        const content = await block;
        if (!content) return undefined;
        const offset = (first + at) * BLOCK_SIZE;
        parts.push(
          Buffer.from(content.buffer, content.byteOffset, content.length).subarray(
            Math.max(0, start - offset),
            end - offset,
          ),
        );
      }
      return parts;
    },
  };
}
