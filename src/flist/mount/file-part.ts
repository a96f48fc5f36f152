import { BLOCK_SIZE, type BlockName } from '../block/codec.ts';

/** One block of a file, with the bytes that it holds. */
export interface SizedBlock extends BlockName {
  size: number;
}

/** A part of a file that somebody wants to read. */
export interface FilePart {
  /** Those that it lies in, in their order. */
  blocks: SizedBlock[];
  /** The one behind them, which is likely to be asked for next. */
  next?: SizedBlock;
  /** Where it begins and ends, told from where the first block begins. */
  start: number;
  end: number;
}

/** The part from `start` to before `end` of a file; its blocks are full but the last one. */
export function filePart(
  { names, size }: { names: readonly BlockName[]; size: number },
  start: number,
  end: number,
): FilePart {
  const first = Math.floor(start / BLOCK_SIZE);
  const behind = Math.ceil(end / BLOCK_SIZE);
  const offset = first * BLOCK_SIZE;
  const sized = names.slice(first, behind + 1).map(({ id, key }, at) => ({
    id,
    key,
    size: Math.min(BLOCK_SIZE, size - offset - at * BLOCK_SIZE),
  }));
  const next = sized[behind - first];
  return {
    blocks: sized.slice(0, behind - first),
    ...(next && { next }),
    start: start - offset,
    end: end - offset,
  };
}
