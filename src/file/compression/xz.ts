import { createRequire } from 'node:module';
import type * as Lzma from '@napi-rs/lzma';
import { LockstepError } from '../../system/error.ts';
import { damaged } from './codec.ts';
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
  requireWithin(bytes, limit);
  return guarded(() => codec().xz.decompressSync(bytes));
}

/** The same on another thread, beside what the caller does meanwhile. */
export async function unxzAside(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  requireWithin(bytes, limit);
  return codec()
    .xz.decompress(bytes)
    .catch((error: unknown) => {
      throw damaged('xz', error);
    });
}

function requireWithin(bytes: Uint8Array, limit: number): void {
  if (xzContentSize(bytes) <= limit) return;
  throw new LockstepError('limit-exceeded', `xz data holds more than ${limit} bytes`);
}

type Codec = typeof Lzma;

let loaded: Codec | undefined;

/** The native codec, loaded when first needed: most runs never meet xz. */
function codec(): Codec {
  loaded ??= createRequire(import.meta.url)('@napi-rs/lzma') as Codec;
  return loaded;
}

function guarded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw damaged('xz', error);
  }
}
