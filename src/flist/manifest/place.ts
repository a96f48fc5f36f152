import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LockstepError } from '../../system/error.ts';

/** Throws `usage` where no manifest can be written, so that it is told before blocks are stored. */
export async function requirePlace(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory())
    throw new LockstepError('usage', `there is no folder ${dirname(path)} to write into`, {
      context: { path },
      hint: 'make it, or name another file',
    });
  const there = await stat(path).catch(() => undefined);
  if (there && !there.isFile())
    throw new LockstepError('usage', `${path} is no file that a manifest can replace`, {
      context: { path },
      hint: 'name the file to write',
    });
}

/** SQLITE_READONLY, SQLITE_FULL and SQLITE_CANTOPEN (sqlite.org/rescode.html). */
const FAULTS = new Map([
  [8, ['not-allowed', 'nothing can be written to']],
  [13, ['disk-full', 'no space left to write']],
  [14, ['not-allowed', 'nothing can be written to']],
] as const);

/** What SQLite says of a file that cannot be written, as the user can mend it. */
export function writeFault(error: unknown, path: string): unknown {
  const [code, message] = FAULTS.get(((error as { errcode?: number }).errcode ?? 0) as 8) ?? [];
  if (!code) return error;
  return new LockstepError(code, `${message} ${path}`, { cause: error, context: { path } });
}
