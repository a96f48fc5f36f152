import { promisify } from 'node:util';
import { createGunzip, gunzip as gunzipBuffer, gunzipSync, type ZlibOptions } from 'node:zlib';
import { LockstepError } from '../../system/error.ts';
import { chunkFor, type DecompressOptions, decoded, decodedAside, decodedSync } from './codec.ts';

/** True for the two bytes that open a gzip member (RFC 1952, 2.3.1). */
export function isGzipMagic(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Bytes before the deflated content of a member (RFC 1952, 2.3); throws `invalid-content` at an early end. */
export function gzipHeaderSize(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let size = 10;
  if (flags & 4) size += 2 + (bytes[size] ?? 0) + ((bytes[size + 1] ?? 0) << 8);
  for (const flag of [8, 16]) if (flags & flag) size = bytes.indexOf(0, size) + 1 || bytes.length;
  if (flags & 2) size += 2;
  if (size < bytes.length) return size;
  throw new LockstepError('invalid-content', 'gzip data ends in its header');
}

/** Decodes every member of a gzip stream in constant memory. */
export function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return decoded('gzip', chunks, createGunzip());
}

/** Decodes every member of a buffer; throws `limit-exceeded` when more than `limit` bytes come out. */
export function gunzipBytes(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Uint8Array {
  const chunk = chunkFor(bytes, limit, options);
  return decodedSync('gzip', limit, () => gunzipSync(bytes, { maxOutputLength: limit, ...chunk }));
}

/** The same on another thread, beside what the caller does meanwhile. */
export function gunzipAside(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Promise<Uint8Array> {
  const chunk = chunkFor(bytes, limit, options);
  return decodedAside(
    'gzip',
    limit,
    gunzipBufferAside(bytes, { maxOutputLength: limit, ...chunk }),
  );
}

const gunzipBufferAside = promisify<Uint8Array, ZlibOptions, Uint8Array>(gunzipBuffer);
