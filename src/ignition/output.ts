import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockstepError } from '../system/error.ts';

export interface OutputOptions {
  path: string;
  /** The folder that the path starts from. */
  cwd: string;
  /** It holds what only its owner may read. */
  secret: boolean;
}

/** Writes a document; what was there before stays whole until it is. Throws `usage`. */
export async function writeDocument(text: string, options: OutputOptions): Promise<void> {
  const target = resolve(options.cwd, options.path);
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    const handle = await open(partial, 'wx', options.secret ? 0o600 : 0o644);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true });
    const { message } = cause as Error;
    throw new LockstepError('usage', `${options.path} cannot be written: ${message}`, { cause });
  }
}
