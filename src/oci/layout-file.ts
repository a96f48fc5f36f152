import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LockstepError } from '../system/error.ts';

/** Start of the names of files that are being written; what a killed writer leaves behind. */
export const PARTIAL = '.partial-';

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
  else for await (const chunk of content) await writeFully(file, chunk);
  await file.sync();
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await file.write(chunk, written, chunk.length - written)).bytesWritten;
  }
}

function asStorageError(error: unknown, path: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(codeOf(error))) return error;
  return new LockstepError('disk-full', `no space left to write ${path}`, {
    cause: error,
    context: { path },
    hint: 'make room (lockstep cleanup) and call again; nothing was changed',
  });
}
