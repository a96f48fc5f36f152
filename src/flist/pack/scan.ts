import { isUtf8 } from 'node:buffer';
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { type Inode, isSpecial, ROOT_INO, typeOf } from '../manifest/rows.ts';

/** One inode of a folder that is packed, and where it lies. */
export interface Scanned extends Inode {
  path: string;
}

/** A folder as a flist will tell of it. */
export interface ScannedTree {
  /** The root first, then folder by folder, each with its names in the order of their bytes. */
  inodes: Scanned[];
  /** Files with a second name, which become files of their own. */
  hardLinks: number;
}

/**
 * Looks at everything in a folder. Of siblings special files come last: rfs ends a listing at ten
 * of them in a row. Throws `usage` for what is no folder, `unsupported` for names that are not UTF-8.
 */
export function scanTree(folder: string): ScannedTree {
  const root = lookAt(folder);
  if (!root.isDirectory()) throw new LockstepError('usage', `${folder} is not a folder`);
  const inodes: Scanned[] = [inodeOf(root, { ino: ROOT_INO, parent: 0, name: '/', path: folder })];
  const linked = new Map<string, number>();
  for (const above of inodes) {
    if (typeOf(above.mode) !== 'directory') continue;
    for (const { name, path, stats } of siblings(above.path)) {
      inodes.push(inodeOf(stats, { ino: inodes.length + 1, parent: above.ino, name, path }));
      if (stats.nlink > 1n && !stats.isDirectory()) count(linked, `${stats.dev}:${stats.ino}`);
    }
  }
  const hardLinks = [...linked.values()].reduce((sum, names) => sum + names - 1, 0);
  return { inodes, hardLinks };
}

interface Sibling {
  name: string;
  path: string;
  stats: BigIntStats;
}

function siblings(folder: string): Sibling[] {
  const names = readdirSync(folder, { encoding: 'buffer' }).sort((one, other) =>
    one.compare(other),
  );
  const all = names.map((bytes) => {
    if (!isUtf8(bytes)) throw notUtf8(folder, bytes);
    const name = bytes.toString();
    const path = join(folder, name);
    return { name, path, stats: lookAt(path) };
  });
  const special = ({ stats }: Sibling) => isSpecial(Number(stats.mode));
  return [...all.filter((one) => !special(one)), ...all.filter(special)];
}

function inodeOf(
  stats: BigIntStats,
  place: Pick<Scanned, 'ino' | 'parent' | 'name' | 'path'>,
): Scanned {
  const target = stats.isSymbolicLink()
    ? readlinkSync(place.path, { encoding: 'buffer' })
    : undefined;
  return {
    ...place,
    size: Number(stats.size),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mode: Number(stats.mode),
    rdev: Number(stats.rdev),
    ctime: seconds(stats.ctimeNs),
    mtime: seconds(stats.mtimeNs),
    ...(target ? { target } : {}),
  };
}

/** Whole seconds as the kernel tells them: downwards, also before 1970. */
function seconds(nanoseconds: bigint): number {
  const whole = nanoseconds / 1_000_000_000n;
  return Number(nanoseconds < 0n && whole * 1_000_000_000n !== nanoseconds ? whole - 1n : whole);
}

function lookAt(path: string): BigIntStats {
  try {
    return lstatSync(path, { bigint: true });
  } catch (cause) {
    throw new LockstepError('usage', `cannot look at ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function notUtf8(folder: string, bytes: Buffer): LockstepError {
  const shown = JSON.stringify(bytes.toString('latin1'));
  return new LockstepError('unsupported', `name-not-utf8: ${folder} holds the name ${shown}`, {
    hint: 'rename it: rfs keeps names as UTF-8 and would change it',
  });
}
