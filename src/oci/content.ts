import { createHash } from 'node:crypto';
import { type ErrorCode, LockstepError } from '../system/error.ts';
import type { Descriptor } from './descriptor.ts';

/** Largest manifest that is read (OCI distribution-spec 1.1, "Pushing manifests", says 4 MiB). */
export const MANIFEST_LIMIT = 4 << 20;

/** Joins a stream of at most `limit` bytes; throws `limit-exceeded` naming `what`. */
export async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  what: string,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw tooLarge(what, limit);
    parts.push(chunk);
  }
  return parts.length === 1 && parts[0] ? Buffer.from(parts[0]) : Buffer.concat(parts, size);
}

export function tooLarge(what: string, limit: number): LockstepError {
  return new LockstepError('limit-exceeded', `${what} is larger than ${limit} bytes`, {
    context: { limit },
  });
}

/** Passes content on and throws `digest-mismatch` before its end when it is not what was named. */
export async function* checked(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  descriptor: Descriptor,
  where: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > descriptor.size)
      throw mismatch(descriptor, where, `more than ${descriptor.size} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  if (size !== descriptor.size) {
    throw mismatch(descriptor, where, `${size} bytes where ${descriptor.size} were promised`);
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== descriptor.digest) throw mismatch(descriptor, where, found);
}

/** The error for content that is not what its descriptor names. */
export function mismatch(descriptor: Descriptor, where: string, found: string): LockstepError {
  return new LockstepError(
    'digest-mismatch',
    `${where}: content of ${descriptor.digest} is wrong: ${found}`,
    { context: { digest: descriptor.digest, where } },
  );
}

/** The error for content that is named but not there. */
export function missing(digest: string, where: string): LockstepError {
  return new LockstepError('not-found', `${where} has no ${digest}`, {
    context: { digest, where },
  });
}

/** What a read gives; undefined when what it names is not there. */
export async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** A stream of these bytes in one piece. */
export async function* streamOf(bytes: Uint8Array | string): AsyncGenerator<Uint8Array> {
  yield typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}

/** What a broken part of a repository is told by. */
const BROKEN: readonly ErrorCode[] = [
  'not-found',
  'invalid-content',
  'digest-mismatch',
  'limit-exceeded',
];

/** True for faults of what is stored, not of asking for it: anybody who may write can attach such. */
export function isBroken(error: unknown): error is LockstepError {
  return error instanceof LockstepError && BROKEN.includes(error.code);
}
