import { open } from 'node:fs/promises';
import { LockstepError } from '../../../system/error.ts';

/** Largest file of a key, a root or a predicate that is read. */
const LIMIT = 16 << 20;

/** Reads a file of the user's; throws `usage` with the name that was given. */
export async function readSmallFile(path: string, name: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > LIMIT) throw unreadable(name, `it is larger than ${LIMIT} bytes`);
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw unreadable(name, code === 'ENOENT' ? 'there is no such file' : code);
  }
}

function unreadable(name: string, why: string): LockstepError {
  return new LockstepError('usage', `${name} cannot be read: ${why}`, {
    context: { path: name },
    hint: 'name a file, or a variable by env:NAME',
  });
}
