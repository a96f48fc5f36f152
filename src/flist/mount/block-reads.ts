import { hexOf } from '../manifest/blocks.ts';
import type { FilePart, SizedBlock } from './file-part.ts';

/** Content of a block, or why there is none. */
export type FetchBlock = (block: SizedBlock) => Promise<Uint8Array | undefined>;

/** Gives parts of files; each block is fetched once, however many ask for it at a time. */
export interface BlockReads {
  /** The bytes of a part; undefined when a block cannot be had now. */
  read(part: FilePart): Promise<Buffer[] | undefined>;
}

/** `keep`: how many blocks stay in memory. The block after the last one asked for is fetched ahead. */
export function openBlockReads(fetch: FetchBlock, keep = 32): BlockReads {
  const held = new Map<string, Promise<Uint8Array | undefined>>();
  const contentOf = (block: SizedBlock) => {
    const id = hexOf(block.id);
    const known = held.get(id);
    if (known) {
      held.delete(id);
      held.set(id, known);
      return known;
    }
    const asked = fetch(block).catch(() => undefined);
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
    async read({ blocks, next, start, end }) {
      const asked = blocks.map(contentOf);
      if (next) void contentOf(next);
      const parts: Buffer[] = [];
      let offset = 0;
      for (const block of asked) {
        const content = await block;
        if (!content) return undefined;
        parts.push(pieceOf(content, start - offset, end - offset));
        offset += content.length;
      }
      return parts;
    },
  };
}

/** What of a block lies in a part that reaches from `start` to before `end`, told from where the block begins. */
export function pieceOf(content: Uint8Array, start: number, end: number): Buffer {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  return bytes.subarray(Math.max(0, start), Math.max(0, end));
}
