import { LockstepError } from '../../system/error.ts';

const BLOCK_LIMIT = 8 << 20;
/** Most copies are of a few bytes, for which a call into the engine costs more than a loop. */
const SHORT = 48;

/** True for the magic of LZ4's legacy frame, in which Linux images are packed (`lz4 -l`). */
export function isLz4LegacyMagic(head: Uint8Array): boolean {
  return [0x02, 0x21, 0x4c, 0x18].every((byte, index) => head[index] === byte);
}

/**
 * Decodes a legacy LZ4 frame (LZ4 frame format 1.6, "Legacy frame"): blocks of up to 8 MiB, each
 * on its own. Throws `invalid-content` when it is damaged, `limit-exceeded` above `limit` bytes.
 */
export function unlz4Bytes(bytes: Uint8Array, limit: number): Uint8Array {
  const blocks = blocksOf(bytes);
  const output = Buffer.allocUnsafeSlow(Math.min(limit, blocks.length * BLOCK_LIMIT));
  let size = 0;
  for (const block of blocks) size += decodeBlock(block, output.subarray(size, size + BLOCK_LIMIT));
  return output.subarray(0, size);
}

function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 4; at + 4 <= bytes.length; ) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
    at += 4;
    if (at + size > bytes.length) throw damaged();
    blocks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return blocks;
}

/**
 * One block (LZ4 block format): literals, then a copy from what came before, again and again.
 * Returns how many bytes it became.
 */
function decodeBlock(input: Uint8Array, output: Uint8Array): number {
  const limit = output.length;
  let from = 0;
  let to = 0;
  const length = (start: number) => {
    let total = start;
    if (start < 15) return total;
    for (let byte = 255; byte === 255; ) {
      byte = input[from++] ?? fail();
      total += byte;
    }
    return total;
  };
  while (from < input.length) {
    const token = input[from++] ?? 0;
    const literals = length(token >> 4);
    if (from + literals > input.length) throw damaged();
    if (to + literals > limit) throw tooLarge();
    if (literals > SHORT) output.set(input.subarray(from, from + literals), to);
    else
      for (let index = 0; index < literals; index++) output[to + index] = input[from + index] ?? 0;
    from += literals;
    to += literals;
    if (from >= input.length) break;
    const distance = (input[from] ?? 0) | ((input[from + 1] ?? fail()) << 8);
    from += 2;
    const end = to + length(token & 15) + 4;
    if (distance === 0 || distance > to) throw damaged();
    if (end > limit) throw tooLarge();
    to = copyMatch(output, to, end, distance);
  }
  return to;
}

function copyMatch(output: Uint8Array, start: number, end: number, distance: number): number {
  const count = end - start;
  if (count > SHORT && distance >= count) {
    output.copyWithin(start, start - distance, end - distance);
  } else {
    for (let to = start; to < end; to++) output[to] = output[to - distance] ?? 0;
  }
  return end;
}

function fail(): never {
  throw damaged();
}

function damaged(): LockstepError {
  return new LockstepError('invalid-content', 'broken lz4 data');
}

function tooLarge(): LockstepError {
  return new LockstepError('limit-exceeded', 'lz4 data holds more than is allowed');
}
