import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LockstepError } from '../../system/error.ts';

/**
 * What a decoder makes of a source. A failure of the decoder becomes `invalid-content`; one of
 * the source is passed on; a reader that stops early ends both.
 */
export async function* decoded(
  format: string,
  source: AsyncIterable<Uint8Array>,
  decoder: Transform,
): AsyncGenerator<Uint8Array> {
  let sourceError: unknown;
  const watched = watchErrors(source, (error) => {
    sourceError = error;
  });
  const piped = pipeline(watched, decoder);
  piped.catch(() => {});
  try {
    for await (const chunk of decoder as AsyncIterable<Uint8Array>) yield chunk;
    await piped;
  } catch (error) {
    throw sourceError ?? damaged(format, error);
  } finally {
    decoder.destroy();
  }
}

export interface DecompressOptions {
  /** How many bytes will probably come out: saves memory for large contents, and may be wrong. */
  expected?: number;
}

const SMALLEST_CHUNK = 1 << 16;
const LARGEST_GUESS = 1 << 20;

/**
 * Room for what is expected and a byte more, by which the end is told without a second buffer.
 * Where nothing is known the pieces are large enough that changing threads for each costs little.
 */
export function chunkFor(
  bytes: Uint8Array,
  limit: number,
  { expected = Math.min(4 * bytes.length, LARGEST_GUESS) }: DecompressOptions,
): { chunkSize: number } {
  return { chunkSize: Math.max(Math.min(expected, limit), SMALLEST_CHUNK) + 1 };
}

/** Runs a decoder of the standard library that knows `maxOutputLength`, with our errors. */
export function decodedSync(format: string, limit: number, decode: () => Uint8Array): Uint8Array {
  try {
    return decode();
  } catch (error) {
    throw undecoded(format, limit, error);
  }
}

/** The same for a decoder that is running. */
export async function decodedAside(
  format: string,
  limit: number,
  decoding: Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await decoding;
  } catch (error) {
    throw undecoded(format, limit, error);
  }
}

function undecoded(format: string, limit: number, error: unknown): LockstepError {
  if (error instanceof RangeError || hasCode(error, 'ERR_BUFFER_TOO_LARGE')) {
    return new LockstepError('limit-exceeded', `${format} data holds more than ${limit} bytes`);
  }
  return damaged(format, error);
}

export function damaged(format: string, cause: unknown): LockstepError {
  if (cause instanceof LockstepError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LockstepError('invalid-content', `broken ${format} data: ${reason}`, { cause });
}

async function* watchErrors(
  source: AsyncIterable<Uint8Array>,
  report: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    report(error);
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
