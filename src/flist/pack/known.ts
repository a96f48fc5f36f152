import { statSync } from 'node:fs';
import { passes } from '../../system/finding.ts';
import type { BlockName } from '../block/codec.ts';
import { walkInodes } from '../manifest/entries.ts';
import { readManifest } from '../manifest/read.ts';
import type { Inode } from '../manifest/rows.ts';
import { type Manifest } from '../manifest/rows.ts';

/** Blocks of a file at a path that an earlier manifest knows; undefined when it may have changed. */
export type KnownBlocks = (path: string, inode: Inode) => readonly BlockName[] | undefined;

/**
 * What the manifest that is about to be written anew knows of files that have not changed: same
 * size and times, and the last change lies two seconds before the manifest was written, since
 * times are whole seconds and a file may change twice in one.
 */
export function knownBlocks(manifestPath: string): KnownBlocks {
  const earlier = earlierManifest(manifestPath);
  if (!earlier) return () => undefined;
  const { manifest, written } = earlier;
  const known = new Map(walkInodes(manifest.inodes).map(({ path, inode }) => [path, inode]));
  return (path, inode) => {
    const before = known.get(path);
    if (!before || inode.ctime > written - 2 || !isSameFile(before, inode)) return undefined;
    return manifest.blocks.get(before.ino) ?? [];
  };
}

function isSameFile(before: Inode, now: Inode): boolean {
  return (
    before.mode === now.mode &&
    before.size === now.size &&
    before.mtime === now.mtime &&
    before.ctime === now.ctime
  );
}

function earlierManifest(path: string): { manifest: Manifest; written: number } | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return undefined;
  const { manifest, findings } = readManifest(path);
  if (!manifest || !passes(findings)) return undefined;
  return { manifest, written: Math.floor(stats.mtimeMs / 1000) };
}
