import { LockstepError } from '../../system/error.ts';

const DICTIONARY_LIMIT = 1 << 27;
const LZMA2 = 0x21;

/**
 * How many bytes an xz file holds, summed over the LZMA2 chunk headers, which the decoder itself
 * obeys (xz file format 1.2.1; the index at the end could lie). Throws `invalid-content` for a
 * damaged frame and `limit-exceeded` for a dictionary above 128 MiB.
 */
export function xzContentSize(bytes: Uint8Array): number {
  let offset = 0;
  let total = 0;
  while (offset < bytes.length) {
    if (isPadding(bytes, offset)) {
      offset += 4;
      continue;
    }
    const stream = streamSize(bytes, offset);
    offset = stream.end;
    total += stream.content;
  }
  return total;
}

/** Where the xz stream at `start` of a buffer ends; throws as `xzContentSize` does. */
export function xzStreamEnd(bytes: Uint8Array, start: number): number {
  return start + streamSize(bytes.subarray(start), 0).end;
}

interface Walked {
  end: number;
  content: number;
}

function streamSize(bytes: Uint8Array, start: number): Walked {
  const check = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64][
    at(bytes, start + 7) & 0x0f
  ];
  let offset = start + 12;
  let content = 0;
  while (at(bytes, offset) !== 0) {
    const headerEnd = blockHeader(bytes, offset);
    const chunks = chunksSize(bytes, headerEnd);
    offset = headerEnd + align4(chunks.end - headerEnd) + (check ?? 0);
    content += chunks.content;
  }
  return { end: indexEnd(bytes, offset) + 12, content };
}

function blockHeader(bytes: Uint8Array, start: number): number {
  const end = start + (at(bytes, start) + 1) * 4;
  const flags = at(bytes, start + 1);
  let offset = start + 2;
  if (flags & 0x40) offset = variable(bytes, offset).end;
  if (flags & 0x80) offset = variable(bytes, offset).end;
  for (let filter = 0; filter <= (flags & 3); filter++) {
    const id = variable(bytes, offset);
    const size = variable(bytes, id.end);
    if (id.value === LZMA2) checkDictionary(at(bytes, size.end));
    offset = size.end + size.value;
  }
  if (offset > end) throw broken();
  return end;
}

function checkDictionary(bits: number): void {
  const size = bits >= 40 ? 2 ** 32 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  if (size > DICTIONARY_LIMIT) {
    throw new LockstepError('limit-exceeded', `xz data wants a dictionary of ${size} bytes`);
  }
}

/** LZMA2: 0 ends, 1 and 2 are stored chunks, from 0x80 on compressed ones. */
function chunksSize(bytes: Uint8Array, start: number): Walked {
  let offset = start;
  let content = 0;
  for (;;) {
    const control = at(bytes, offset);
    if (control === 0) return { end: offset + 1, content };
    if (control > 2 && control < 0x80) throw broken();
    const low = at(bytes, offset + 1) * 256 + at(bytes, offset + 2) + 1;
    if (control <= 2) {
      content += low;
      offset += 3 + low;
      continue;
    }
    content += (control & 0x1f) * 65536 + low;
    const packed = at(bytes, offset + 3) * 256 + at(bytes, offset + 4) + 1;
    offset += 5 + (control >= 0xc0 ? 1 : 0) + packed;
  }
}

function indexEnd(bytes: Uint8Array, start: number): number {
  const count = variable(bytes, start + 1);
  let offset = count.end;
  for (let record = 0; record < count.value; record++) {
    offset = variable(bytes, variable(bytes, offset).end).end;
  }
  return start + align4(offset - start) + 4;
}

function variable(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = at(bytes, start + index);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw broken();
}

function isPadding(bytes: Uint8Array, offset: number): boolean {
  return offset > 0 && [0, 1, 2, 3].every((index) => bytes[offset + index] === 0);
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function at(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte == null) throw broken();
  return byte;
}

function broken(): LockstepError {
  return new LockstepError('invalid-content', 'broken xz data');
}
