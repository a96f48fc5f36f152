import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LockstepError } from '../../system/error.ts';

/** Start of the names of files that are being written; what a killed writer leaves behind. */
export const PARTIAL = '.partial-';

/** Bytes that are written at a time. */
const BATCH = 1 << 20;

/**
 * Writes a file so that it is there whole or not at all, whatever happens meanwhile: a new
 * file beside it, fsync, rename, fsync of the folder. Throws `disk-full` by its name.
 */
export async function writeWhole(
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array | string,
): Promise<void> {
  const partial = join(
    dirname(path),
    `${PARTIAL}${basename(path)}-${randomBytes(6).toString('hex')}`,
  );
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(partial, content);
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw asStorageError(error, path);
  }
}

/** Gives a file a second name under `path`; false when the file system cannot. */
export async function linkWhole(from: string, path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await link(from, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return true;
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOENT', 'ENOTSUP'].includes(codeOf(error))) return false;
    throw asStorageError(error, path);
  }
}

/** The system's code of an error (`ENOENT`), or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function writeDurably(
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array | string,
): Promise<void> {
  await using file = await open(path, 'wx', 0o644);
  if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content);
  else await writeBatches(file, content);
  await file.sync();
}

/** Small pieces are written together: each write costs a trip to another thread. */
async function writeBatches(file: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    batch.push(chunk);
    size += chunk.length;
    if (size < BATCH) continue;
    await writeFully(file, batch, size);
    batch = [];
    size = 0;
  }
  if (size > 0) await writeFully(file, batch, size);
}

async function writeFully(file: FileHandle, batch: Uint8Array[], size: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === size) return;
  // A disk that is nearly full takes a part; the next write tells why.
  const rest = Buffer.concat(batch).subarray(bytesWritten);
  for (let at = 0; at < rest.length; ) at += (await file.write(rest, at)).bytesWritten;
}

function asStorageError(error: unknown, path: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(codeOf(error))) return error;
  return new LockstepError('disk-full', `no space left to write ${path}`, {
    cause: error,
    context: { path },
    hint: 'make room (lockstep cleanup) and call again; nothing was changed',
  });
}
