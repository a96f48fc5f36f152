import { crc32 } from 'node:zlib';
import { chunksSize } from './xz-size.ts';

/** An xz file as modules of kernels are packed: one block of LZMA2, with a CRC32. */
export interface PlainXz {
  /** The LZMA2 data, as it can be decoded by itself with a dictionary of 8 MiB. */
  chunks: Uint8Array;
  /** Bytes that come out, and their check. */
  size: number;
  crc: number;
}

/** Stream header (xz file format 1.2.1, 2.1.1): magic, CRC32 as check, CRC of these two bytes. */
const HEADER = Buffer.from('fd377a585a0000016922de36', 'hex');
/** The last bytes: the same two, magic. */
const FOOTER = Buffer.from('0001595a', 'hex');
const LZMA2 = 0x21;
/** The sizes of a block may stand in its header, as `xz -T` writes them. */
const WITH_SIZES = 0xc0;
/** 8 MiB (5.3.1), the dictionary with which the codec decodes LZMA2. */
const LARGEST_DICTIONARY = 22;

/**
 * The one block of an xz file in which everything around the block is right to the last byte;
 * undefined for any other file. Throws `invalid-content` where the chunks are cut off.
 */
export function plainXz(bytes: Uint8Array): PlainXz | undefined {
  if (!HEADER.equals(bytes.subarray(0, HEADER.length))) return undefined;
  const size = bytes[HEADER.length] ?? 0;
  if (size === 0) return undefined;
  const start = HEADER.length + (size + 1) * 4;
  const { end, content } = chunksSize(bytes, start);
  const header = bytes.subarray(HEADER.length, start);
  if (!isBlockHeader(header, end - start, content)) return undefined;
  const checkAt = start + align4(end - start);
  if (bytes.subarray(end, checkAt).some(Boolean)) return undefined;
  const tail = tailOf(header.length + (end - start) + 4, content);
  if (!tail.equals(bytes.subarray(checkAt + 4))) return undefined;
  const crc = Buffer.from(bytes.buffer, bytes.byteOffset).readUInt32LE(checkAt);
  return { chunks: bytes.subarray(start, end), size: content, crc };
}

/** Whether this came out of it, as size and check tell. */
export function isContentOf({ size, crc }: PlainXz, content: Uint8Array): boolean {
  return content.length === size && crc32(content) === crc;
}

/** Sizes where they are told, the filter with its dictionary, zero bytes, a CRC (3.1). */
function isBlockHeader(header: Uint8Array, packed: number, content: number): boolean {
  const [size = 0, flags = 0] = header;
  const sizes = flags === WITH_SIZES ? [...variable(packed), ...variable(content)] : [];
  const dictionary = header[4 + sizes.length] ?? 0;
  const known = flags === 0 || flags === WITH_SIZES;
  const right = withCrc(Buffer.from([size, flags, ...sizes, LZMA2, 1, dictionary]), header.length);
  return known && dictionary <= LARGEST_DICTIONARY && right.equals(header);
}

/** Index with one record, and stream footer (4 and 2.1.2). */
function tailOf(unpadded: number, content: number): Buffer {
  const record = Buffer.from([0, 1, ...variable(unpadded), ...variable(content)]);
  const index = withCrc(record, align4(record.length) + 4);
  const backward = Buffer.from([0, 0, 0, 0, ...FOOTER.subarray(0, 2)]);
  backward.writeUInt32LE(index.length / 4 - 1);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(backward));
  return Buffer.concat([index, crc, backward, FOOTER.subarray(2)]);
}

/** Filled up with zero bytes, the last four a CRC of those before. */
function withCrc(content: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(length, content.length + 4));
  content.copy(bytes);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** A number in groups of seven bits, the lowest first (1.2). */
function variable(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...variable(Math.floor(value / 0x80))];
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
