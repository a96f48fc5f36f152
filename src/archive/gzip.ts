import { createGunzip, gunzipSync } from 'node:zlib';
import { chunkFor, type DecompressOptions, decoded, decodedSync } from './compression-codec.ts';

/** True for the two bytes that open a gzip member (RFC 1952, 2.3.1). */
export function isGzipMagic(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
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
  const chunk = chunkFor(options, limit);
  return decodedSync('gzip', limit, () => gunzipSync(bytes, { maxOutputLength: limit, ...chunk }));
}
