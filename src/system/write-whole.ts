import { closeSync, mkdirSync, openSync, renameSync, rmSync, write } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const writePart = promisify(write);
let written = 0;

/** A name of its own for each writer, also of the same file. */
function freshName(path: string): string {
  return `${path}.${process.pid}.${written++}.new`;
}

/**
 * Writes a file that appears whole or not at all, with the folders that it lies in. Several may
 * write the same one at once: each has a name of its own until then, which ends in `.new`.
 */
export async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const fresh = freshName(path);
  try {
    await writeNew(fresh, content);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Most files lie in folders that are there: these are made only when they are missed. */
async function writeNew(path: string, content: Uint8Array): Promise<void> {
  const write = () => writeFile(path, content, { flag: 'wx' });
  try {
    await write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    await write();
  }
}

/**
 * The same on a disk of this machine: all but the content is written on the spot, which takes less
 * time than to ask another thread for it.
 */
export async function writeWholeHere(path: string, content: Uint8Array): Promise<void> {
  const fresh = freshName(path);
  try {
    const file = openNew(fresh);
    try {
      for (let done = 0; done < content.length; )
        done += (await writePart(file, content, done, content.length - done, done)).bytesWritten;
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx');
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
