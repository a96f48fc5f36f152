import { decodeName } from '../../file/name.ts';
import type { BlockName } from '../block/codec.ts';
import {
  deviceOf,
  type Inode,
  type InodeType,
  type Manifest,
  permissionsOf,
  ROOT_INO,
  typeOf,
} from './rows.ts';

/** What stands at one path of a flist. */
export interface FlistEntry {
  /** Without a leading slash. */
  path: string;
  type: InodeType;
  /** Permissions with set-id and sticky bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes, as the packed file system told them: of folders that is its own affair. */
  size: number;
  /** Seconds. */
  mtime: number;
  linkTarget?: string;
  major?: number;
  minor?: number;
  /** Of a file that is not empty, in their order. */
  blocks?: readonly BlockName[];
}

/** Everything in a flist but its root, sorted by path. Only of a manifest without errors. */
export function entriesOf(manifest: Manifest): FlistEntry[] {
  return walkInodes(manifest.inodes)
    .map(({ path, inode }) => entryOf(inode, path, manifest))
    .sort(byPath);
}

/** Every inode but the root with its path. Only of a tree without errors. */
export function walkInodes(inodes: readonly Inode[]): { path: string; inode: Inode }[] {
  const children = childrenOf(inodes);
  const found: { path: string; inode: Inode }[] = [];
  const left: { ino: number; folder: string }[] = [{ ino: ROOT_INO, folder: '' }];
  for (let next = left.pop(); next; next = left.pop()) {
    for (const inode of children.get(next.ino) ?? []) {
      const path = next.folder === '' ? inode.name : `${next.folder}/${inode.name}`;
      found.push({ path, inode });
      if (typeOf(inode.mode) === 'directory') left.push({ ino: inode.ino, folder: path });
    }
  }
  return found;
}

/** The inodes of each folder by its number, in the order of their rows. */
export function childrenOf(inodes: readonly Inode[]): Map<number, Inode[]> {
  const children = new Map<number, Inode[]>();
  for (const inode of inodes) {
    const known = children.get(inode.parent);
    if (known) known.push(inode);
    else children.set(inode.parent, [inode]);
  }
  return children;
}

function entryOf(inode: Inode, path: string, { blocks }: Manifest): FlistEntry {
  const type = typeOf(inode.mode) ?? 'file';
  const names = blocks.get(inode.ino);
  return {
    path,
    type,
    mode: permissionsOf(inode.mode),
    uid: inode.uid,
    gid: inode.gid,
    size: inode.size,
    mtime: inode.mtime,
    ...(inode.target ? { linkTarget: decodeName(inode.target) } : {}),
    ...(type === 'char' || type === 'block' ? deviceOf(inode.rdev) : {}),
    ...(names ? { blocks: names } : {}),
  };
}

/** A folder stands right before what is in it. */
function byPath(one: FlistEntry, other: FlistEntry): number {
  const a = one.path.split('/');
  const b = other.path.split('/');
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [x = '', y = ''] = [a[at], b[at]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
