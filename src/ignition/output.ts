import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockstepError } from '../system/error.ts';

export interface OutputOptions {
  path: string;
  /** The folder that the path starts from. */
  cwd: string;
  /** It holds what only its owner may read. */
  secret: boolean;
}

/**
 * Writes a document; what was there before stays whole until it is. Behind a link its target is
 * written, and what is no regular file (`/dev/stdout`) gets the text and stays what it is. Throws
 * `usage`.
 */
export async function writeDocument(text: string, options: OutputOptions): Promise<void> {
  const { path, cwd, secret } = options;
  try {
    const target = await targetOf(resolve(cwd, path));
    if (target.isRegular) await writeBeside(text, target.path, secret);
    else await writeFile(target.path, text, { flag: 'a' });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** Why something could not be written, as a mistake that its user can mend. */
export function cannotWrite(path: string, cause: unknown): LockstepError {
  const { message } = cause as Error;
  return new LockstepError('usage', `${path} cannot be written: ${message}`, { cause });
}

/** Where a path leads, and whether a file is there or may be put there. */
async function targetOf(path: string): Promise<{ path: string; isRegular: boolean }> {
  const there = await stat(path).catch(() => undefined);
  if (!there) return { path, isRegular: true };
  if (!there.isFile()) return { path, isRegular: false };
  return { path: await realpath(path), isRegular: true };
}

async function writeBeside(text: string, target: string, secret: boolean): Promise<void> {
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    const handle = await open(partial, 'wx', secret ? 0o600 : 0o644);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
