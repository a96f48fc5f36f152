import { createRequire } from 'node:module';
import type * as Lzma from '@napi-rs/lzma';
import { LockstepError } from '../../system/error.ts';
import { damaged } from './codec.ts';
import { isContentOf, type PlainXz, plainXz } from './xz-plain.ts';
import { xzContentSize } from './xz-size.ts';

/** True for the six bytes that open an xz stream (xz file format 1.2.1, 2.1.1.1). */
export function isXzMagic(head: Uint8Array): boolean {
  return [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00].every((byte, index) => head[index] === byte);
}

/** Decodes an xz stream, concatenated streams too, in constant memory. */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new (codec().XzDecompressor)();
  for await (const chunk of chunks) {
    const part = guarded(() => decoder.update(chunk));
    if (part.length > 0) yield part;
  }
  const tail = await decoder.finish().catch((error: unknown) => {
    throw damaged('xz', error);
  });
  if (tail.length > 0) yield tail;
}

/**
 * Decodes a buffer; throws `limit-exceeded` when more than `limit` bytes would come out, told
 * from the chunk headers before anything is decoded.
 */
export function unxzBytes(bytes: Uint8Array, limit: number): Uint8Array {
  const plain = sizeWithin(bytes, limit) < LARGE ? undefined : plainXz(bytes);
  const content = plain && tried(() => codec().lzma2.decompressSync(plain.chunks));
  return whole(plain, content) ?? guarded(() => codec().xz.decompressSync(bytes));
}

/** The same on another thread, beside what the caller does meanwhile. */
export async function unxzAside(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const plain = sizeWithin(bytes, limit) < LARGE ? undefined : plainXz(bytes);
  const content =
    plain &&
    (await codec()
      .lzma2.decompress(plain.chunks)
      .catch(() => undefined));
  return (
    whole(plain, content) ??
    codec()
      .xz.decompress(bytes)
      .catch((error: unknown) => {
        throw damaged('xz', error);
      })
  );
}

/**
 * Contents for which it pays to take a plain file apart: the codec compares checks byte by byte, a
 * fifth of its time, and LZMA2 by itself it decodes with a dictionary of 8 MiB each time.
 */
const LARGE = 4 << 20;

/** What came out of a plain file where it is right; what is wrong with another the codec tells. */
function whole(
  plain: PlainXz | undefined,
  content: Uint8Array | undefined,
): Uint8Array | undefined {
  return plain && content && isContentOf(plain, content) ? content : undefined;
}

function sizeWithin(bytes: Uint8Array, limit: number): number {
  const size = xzContentSize(bytes);
  if (size <= limit) return size;
  throw new LockstepError('limit-exceeded', `xz data holds more than ${limit} bytes`);
}

type Codec = typeof Lzma;

let loaded: Codec | undefined;

/** The native codec, loaded when first needed: most runs never meet xz. */
function codec(): Codec {
  loaded ??= createRequire(import.meta.url)('@napi-rs/lzma') as Codec;
  return loaded;
}

function tried<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

function guarded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw damaged('xz', error);
  }
}
