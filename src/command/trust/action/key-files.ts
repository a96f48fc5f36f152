import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LockstepError } from '../../../system/error.ts';

interface NewFile {
  path: string;
  text: string;
}

/** Writes both files or none, and never over one that is there; throws `usage`. */
export async function writeKeyPair(key: NewFile, publicKey: NewFile): Promise<void> {
  for (const { path } of [key, publicKey]) if (existsSync(path)) throw isThere(path);
  await mkdir(dirname(key.path), { recursive: true });
  await writeNew(key, 0o600);
  try {
    await writeNew(publicKey, 0o644);
  } catch (error) {
    await rm(key.path);
    throw error;
  }
}

/** A file that appears in between is not overwritten either. */
async function writeNew({ path, text }: NewFile, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode });
  } catch (error) {
    const isKnown = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isKnown ? isThere(path) : error;
  }
}

function isThere(path: string): LockstepError {
  return new LockstepError('usage', `${path} is there already, and is not overwritten`, {
    context: { path },
    hint: 'keys that are trusted somewhere must not get lost: choose another --name',
  });
}
