import { promisify } from 'node:util';
import {
  createZstdDecompress,
  type ZstdOptions,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import { LockstepError } from '../../system/error.ts';
import { chunkFor, type DecompressOptions, decoded, decodedAside, decodedSync } from './codec.ts';
import { nextZstdFrame, zstdFrames } from './frames.ts';
import { FramesInput } from './frames-input.ts';

/** Decodes every frame of a zstd stream (RFC 8878) in constant memory. */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new FramesInput(chunks);
  try {
    while (!(await input.atEnd())) {
      const frame = nextZstdFrame(input);
      const head = await frame.next();
      if (!head.done) yield* decoded('zstd', withHead(head.value, frame), createZstdDecompress());
    }
  } finally {
    await input.close();
  }
}

/** Decodes every frame of a buffer; throws `limit-exceeded` when more than `limit` bytes come out. */
export function unzstdBytes(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Uint8Array {
  const frames = frameByFrame(bytes, limit, options);
  let next = frames.next();
  while (!next.done) {
    const { frame, options: how } = next.value;
    next = frames.next(decodedSync('zstd', limit, () => zstdDecompressSync(frame, how)));
  }
  return next.value;
}

/** The same on another thread, beside what the caller does meanwhile. */
export async function unzstdAside(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions = {},
): Promise<Uint8Array> {
  const frames = frameByFrame(bytes, limit, options);
  let next = frames.next();
  while (!next.done) {
    const { frame, options: how } = next.value;
    next = frames.next(await decodedAside('zstd', limit, zstdDecompressAside(frame, how)));
  }
  return next.value;
}

const zstdDecompressAside = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdDecompress);

interface FrameToDecode {
  frame: Uint8Array;
  options: ZstdOptions;
}

/** Asks for the content of one frame after the other, and returns all of it. */
function* frameByFrame(
  bytes: Uint8Array,
  limit: number,
  options: DecompressOptions,
): Generator<FrameToDecode, Uint8Array, Uint8Array> {
  const chunk = chunkFor(bytes, limit, options);
  const parts: Uint8Array[] = [];
  let left = limit;
  for (const { start, end, skippable } of zstdFrames(bytes)) {
    if (skippable) continue;
    if (left <= 0)
      throw new LockstepError('limit-exceeded', `zstd data holds more than ${limit} bytes`);
    const frame = bytes.subarray(start, end);
    const part = yield { frame, options: { maxOutputLength: left, ...chunk } };
    left -= part.length;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

async function* withHead(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
