import { createInflateRaw } from 'node:zlib';
import { LockstepError } from '../system/error.ts';
import { decoded } from './compression/codec.ts';
import { decompress } from './compression/compression.ts';
import { isZstdMagic, zstdFrames } from './compression/frames.ts';
import { gzipHeaderSize, isGzipMagic } from './compression/gzip.ts';
import { isLz4LegacyMagic, unlz4Bytes } from './compression/lz4.ts';
import { isXzMagic } from './compression/xz.ts';
import { xzStreamEnd } from './compression/xz-size.ts';
import { type CpioEntry, cpioArchiveEnd, isCpioMagic, readCpios } from './cpio.ts';

/** Bytes that an initramfs may become. */
const CONTENT_LIMIT = 4 * 2 ** 30;
const CHUNK = 1 << 20;

/** One archive, or one compressed piece with archives in it. */
interface Piece {
  content: AsyncIterable<Uint8Array>;
  /** Where it ends; known when the content has been read. */
  end: () => number;
}

/**
 * The entries of an initramfs as the kernel unpacks it (init/initramfs.c): archives one after the
 * other with zeros between them, each as it is or compressed with gzip, xz, zstd or LZ4. Throws
 * `invalid-content` where it is damaged, `unsupported` for another compression, and
 * `limit-exceeded` above 4 GiB of content.
 */
export async function* readInitramfs(image: Uint8Array): AsyncGenerator<CpioEntry> {
  const budget = { left: CONTENT_LIMIT };
  for (let at = 0; at < image.length; ) {
    if (image[at] === 0) {
      at++;
      continue;
    }
    const piece = pieceAt(image, at);
    yield* readCpios(bounded(piece.content, budget));
    at = piece.end();
  }
}

function pieceAt(image: Uint8Array, start: number): Piece {
  const rest = image.subarray(start);
  if (isCpioMagic(rest)) return plain(image, start, cpioArchiveEnd(image, start), chunks);
  if (isGzipMagic(rest)) return gzipPiece(image, start);
  if (isZstdMagic(rest)) return plain(image, start, start + zstdEnd(rest), unpacked);
  if (isXzMagic(rest)) return plain(image, start, xzStreamEnd(image, start), unpacked);
  if (isLz4LegacyMagic(rest)) return plain(image, start, image.length, unlz4);
  throw new LockstepError(
    'unsupported',
    `not an archive, nor compressed in a known way, at byte ${start}`,
    {
      context: { offset: start },
      hint: 'known are gzip, xz, zstd and the legacy frame of LZ4',
    },
  );
}

function plain(
  image: Uint8Array,
  start: number,
  end: number,
  open: (bytes: Uint8Array) => AsyncIterable<Uint8Array>,
): Piece {
  return { content: open(image.subarray(start, end)), end: () => end };
}

/** Nothing before its end tells where a gzip member ends. */
function gzipPiece(image: Uint8Array, start: number): Piece {
  const from = start + gzipHeaderSize(image.subarray(start));
  const inflate = createInflateRaw();
  return {
    content: decoded('gzip', chunks(image.subarray(from)), inflate),
    end: () => from + inflate.bytesWritten + 8,
  };
}

/** Frames follow each other without anything between them. */
function zstdEnd(bytes: Uint8Array): number {
  let end = 0;
  for (const frame of zstdFrames(bytes)) {
    end = frame.end;
    if (!isZstdMagic(bytes.subarray(end))) break;
  }
  return end;
}

function unpacked(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return decompress(chunks(bytes));
}

async function* unlz4(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield unlz4Bytes(bytes, CONTENT_LIMIT);
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

async function* bounded(
  content: AsyncIterable<Uint8Array>,
  budget: { left: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    budget.left -= chunk.length;
    if (budget.left < 0)
      throw new LockstepError('limit-exceeded', `initramfs holds more than ${CONTENT_LIMIT} bytes`);
    yield chunk;
  }
}
