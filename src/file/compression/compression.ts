import { LockstepError } from '../../system/error.ts';
import type { DecompressOptions } from './codec.ts';
import { isZstdMagic } from './frames.ts';
import { FramesInput } from './frames-input.ts';
import { gunzip, gunzipAside, gunzipBytes, isGzipMagic } from './gzip.ts';
import { isLz4LegacyMagic, unlz4Bytes } from './lz4.ts';
import { isXzMagic, unxz, unxzAside, unxzBytes } from './xz.ts';
import { unzstd, unzstdAside, unzstdBytes } from './zstd.ts';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'none';

/** How content is compressed, told by its first six bytes; media types and names may lie. */
export function compressionOf(head: Uint8Array): Compression {
  if (isGzipMagic(head)) return 'gzip';
  if (isZstdMagic(head)) return 'zstd';
  return isXzMagic(head) ? 'xz' : 'none';
}

/**
 * Decompresses a stream of whatever kind, in constant memory: every frame, member and
 * concatenated stream. Throws `invalid-content` when the data is damaged or ends early.
 */
export async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new FramesInput(chunks);
  try {
    const compression = compressionOf(await input.peek(6));
    const rest = input.remaining();
    yield* { gzip: gunzip, zstd: unzstd, xz: unxz, none: asItIs }[compression](rest);
  } finally {
    await input.close();
  }
}

/**
 * Decompresses a buffer of whatever kind, also the legacy LZ4 of kernel images. Throws `limit-exceeded` when more than `limit` bytes
 * would come out, and `invalid-content` when the data is damaged.
 */
export function decompressBytes(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Uint8Array {
  const compression = compressionOf(bytes);
  if (compression === 'gzip') return gunzipBytes(bytes, limit, options);
  if (compression === 'zstd') return unzstdBytes(bytes, limit, options);
  if (compression === 'xz') return unxzBytes(bytes, limit);
  if (isLz4LegacyMagic(bytes)) return unlz4Bytes(bytes, limit);
  if (bytes.length <= limit) return bytes;
  throw new LockstepError('limit-exceeded', `content holds more than ${limit} bytes`);
}

/**
 * The same on other threads: several at once, or one beside other work, keep several processors
 * busy, and signals are heeded meanwhile.
 */
export async function decompressAside(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Promise<Uint8Array> {
  const compression = compressionOf(bytes);
  if (compression === 'gzip') return gunzipAside(bytes, limit, options);
  if (compression === 'zstd') return unzstdAside(bytes, limit, options);
  if (compression === 'xz') return unxzAside(bytes, limit);
  return decompressBytes(bytes, limit, options);
}

async function* asItIs(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
