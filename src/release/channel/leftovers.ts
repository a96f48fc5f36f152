import { existsSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLocked } from '../../system/lock.ts';
import { type Folders, foldersOf } from './folders.ts';

/** What a run that was killed has left on this machine. */
export interface Leftover {
  path: string;
  /** What it takes on the disk; 0 for a mount. */
  bytes: number;
  kind: 'folder' | 'mount';
}

/**
 * What runs of a project have left that were killed: the next one takes or removes it. Nothing
 * while a run is under way, and on a machine that has run nothing.
 */
export async function leftoversOf(project: string): Promise<Leftover[]> {
  const folders = foldersOf(project);
  if (existsSync(folders.lock) && (await isLocked(folders.lock))) return [];
  const left: Leftover[] = [];
  for (const path of await candidates(folders)) {
    const bytes = await sizeOf(path);
    if (bytes > 0) left.push({ path, bytes, kind: 'folder' });
  }
  for (const path of await mountsBelow(folders.work)) left.push({ path, bytes: 0, kind: 'mount' });
  return left;
}

async function candidates({ scratch, storage }: Folders): Promise<string[]> {
  return [scratch, storage].filter((path) => existsSync(path));
}

/** Bytes of the files of a folder; what goes away meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(path);
    else
      bytes += await lstat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

/** Mount points below a folder (proc(5), mountinfo: the fifth field, spaces written as \\040). */
async function mountsBelow(folder: string): Promise<string[]> {
  const list = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const places = list
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  return places.filter((place) => place.startsWith(`${folder}/`));
}
