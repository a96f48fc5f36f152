import { chmod, lstat, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeName, isEscapedName } from '../../file/name.ts';
import { archivePath, parentOf, pathInside } from '../../file/path.ts';
import { LockstepError } from '../../system/error.ts';
import type { ImageEntry, ImageTree } from './tree.ts';

/** What was written. */
export interface Extracted {
  files: string[];
  folders: string[];
  links: string[];
  /** Devices, pipes and sockets, which are left out. */
  skipped: string[];
}

/**
 * Writes entries of an image under a folder, at their paths, with their permissions (set-id
 * bits left out) and times. Nothing is written outside the folder: links that stand in the way
 * there are not followed (`not-allowed`), links of the image come last and are never written
 * through. Files appear whole or not at all.
 */
export async function extractEntries(
  tree: ImageTree,
  entries: readonly ImageEntry[],
  folder: string,
): Promise<Extracted> {
  const byType = Object.groupBy(entries, ({ type }) => type);
  const done: Extracted = { files: [], folders: [], links: [], skipped: [] };
  await mkdir(folder, { recursive: true });
  const made = new Set<string>(['']);
  for (const { path } of byType.directory ?? []) {
    await makeFolder(folder, path, made);
    done.folders.push(path);
  }
  const files = new Map((byType.file ?? []).map((entry) => [entry.path, entry]));
  for await (const { path, content } of tree.readMany(new Set(files.keys()))) {
    const entry = files.get(path);
    if (!entry) continue;
    await makeFolder(folder, parentOf(path), made);
    await placeFile(folder, entry, content);
    done.files.push(path);
  }
  for (const { path, linkTarget = '' } of byType.symlink ?? []) {
    await makeFolder(folder, parentOf(path), made);
    await place(folder, path, (to) => symlink(onDisk(linkTarget), to));
    done.links.push(path);
  }
  done.skipped.push(...(byType.other ?? []).map(({ path }) => path));
  done.files.sort();
  return done;
}

async function placeFile(folder: string, entry: ImageEntry, content: Uint8Array): Promise<void> {
  await place(folder, entry.path, async (to) => {
    await writeFile(to, content, { flag: 'wx' });
    await chmod(to, entry.mode & 0o777);
    await utimes(to, entry.mtime, entry.mtime);
  });
}

/** Makes something beside its place and moves it there, over whatever is no folder. */
async function place(
  folder: string,
  path: string,
  make: (to: string | Buffer) => Promise<void>,
): Promise<void> {
  const to = onDisk(pathInside(folder, path));
  const beside = onDisk(join(pathInside(folder, parentOf(path)), `.lockstep-${process.pid}`));
  try {
    await make(beside);
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Makes the folders of a path one by one; each must be a folder and no link to one. */
async function makeFolder(folder: string, path: string, made: Set<string>): Promise<void> {
  const clean = archivePath(path);
  if (made.has(clean)) return;
  await makeFolder(folder, parentOf(clean), made);
  const place = onDisk(join(folder, clean));
  const there = await lstat(place).catch(() => undefined);
  if (there && !there.isDirectory()) {
    throw new LockstepError(
      'not-allowed',
      `${join(folder, clean)} is in the way: it is not a folder`,
      {
        context: { path: clean },
        hint: 'extract into an empty folder',
      },
    );
  }
  if (!there) await mkdir(place);
  made.add(clean);
}

/** A path as the bytes that the archive has, where these are not UTF-8. */
function onDisk(path: string): string | Buffer {
  return isEscapedName(path) ? encodeName(path) : path;
}
