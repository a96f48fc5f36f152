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
 * What commands of a project have left that were killed: the next run takes or removes it. Nothing
 * while a run is under way, and on a machine that has run nothing.
 */
export async function leftoversOf(project: string, now: Date): Promise<Leftover[]> {
  const folders = foldersOf(project);
  if (existsSync(folders.lock) && (await isLocked(folders.lock))) return [];
  const left: Leftover[] = [];
  for (const path of await candidates(folders, now)) {
    const bytes = await sizeOf(path);
    if (bytes > 0) left.push({ path, bytes, kind: 'folder' });
  }
  for (const path of await mountsBelow(folders.work)) left.push({ path, bytes: 0, kind: 'mount' });
  return left;
}

async function candidates(folders: Folders, now: Date): Promise<string[]> {
  const { scratch, storage } = folders;
  const looks = await abandonedLooks(folders, now);
  return [...[scratch, storage].filter((path) => existsSync(path)), ...looks];
}

/** Milliseconds in which a new folder of a command that only looks gets its lock. */
const YOUNG = 60_000;

/** Folders that commands which only look (`plan`, `check`) have left when they were killed. */
export async function abandonedLooks(
  { work }: Pick<Folders, 'work'>,
  now: Date,
): Promise<string[]> {
  const names = await readdir(work).catch(() => []);
  const looks = names
    .filter((name) => name.startsWith('lockstep-'))
    .map((name) => join(work, name));
  const isLeft = await Promise.all(looks.map((look) => isAbandoned(look, now)));
  return looks.filter((_, at) => isLeft[at]);
}

async function isAbandoned(look: string, now: Date): Promise<boolean> {
  const lock = lockOfLook(look);
  if (existsSync(lock)) return !(await isLocked(lock).catch(() => true));
  const made = await lstat(look).catch(() => undefined);
  return made != null && now.getTime() - made.mtimeMs > YOUNG;
}

/** Held while a command works in its folder. */
export function lockOfLook(look: string): string {
  return join(look, 'lock');
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
