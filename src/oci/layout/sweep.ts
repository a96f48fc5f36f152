import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, isDigest } from '../../system/digest.ts';
import { codeOf, PARTIAL } from './file.ts';

/**
 * Removes the blobs of a layout that nothing reaches, and what killed writers left, when they
 * are older than `olderThan`. The caller holds the lock of the layout.
 */
export async function sweepBlobs(
  folder: string,
  reachable: ReadonlySet<Digest>,
  olderThan: Date,
): Promise<Digest[]> {
  const blobs = join(folder, 'blobs/sha256');
  const removed: Digest[] = [];
  for (const name of await namesIn(blobs)) {
    const digest = `sha256:${name}`;
    const isLeftover = name.startsWith(PARTIAL);
    if (!isLeftover && (!isDigest(digest) || reachable.has(digest))) continue;
    if ((await stat(join(blobs, name))).mtime >= olderThan) continue;
    await rm(join(blobs, name), { force: true });
    if (isDigest(digest)) removed.push(digest);
  }
  return removed;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
