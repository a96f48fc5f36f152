import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { LockstepError } from '../../system/error.ts';
import { chunkFor, type DecompressOptions, decoded, decodedSync } from './codec.ts';
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
  const chunk = chunkFor(options, limit);
  const parts: Uint8Array[] = [];
  let left = limit;
  for (const frame of zstdFrames(bytes)) {
    if (frame.skippable) continue;
    if (left <= 0)
      throw new LockstepError('limit-exceeded', `zstd data holds more than ${limit} bytes`);
    const part = decodedSync('zstd', limit, () =>
      zstdDecompressSync(bytes.subarray(frame.start, frame.end), {
        maxOutputLength: left,
        ...chunk,
      }),
    );
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
