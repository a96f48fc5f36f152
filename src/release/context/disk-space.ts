import { statfs } from 'node:fs/promises';
import { LockstepError } from '../../system/error.ts';

/** Bytes without which not even the indexes of an archive fit; apt hangs where they do not. */
const LEAST = 200 << 20;

/** Throws `disk-full` when a folder's file system has no room to begin with. */
export async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= LEAST) return;
  throw new LockstepError('disk-full', `no room in ${folder}: ${free >> 20} MiB are free`, {
    context: { path: folder, free },
    hint: 'a run needs a few GB; make room, or work in another folder with -C',
  });
}
