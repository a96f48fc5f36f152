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

/** Everything in a flist but its root, in the order of their paths. Only of a manifest without errors. */
export function entriesOf(manifest: Manifest): FlistEntry[] {
  return walkInodes(manifest.inodes).map(({ path, inode }) => entryOf(inode, path, manifest));
}

/** An inode with its path, which has no leading slash. */
export interface PlacedInode {
  path: string;
  inode: Inode;
}

/**
 * Every inode but the root: siblings by name, and a folder right before what is in it. Only of a
 * tree without errors.
 */
export function walkInodes(inodes: readonly Inode[]): PlacedInode[] {
  const children = childrenOf(inodes);
  const inside = (ino: number, folder: string): PlacedInode[] =>
    (children.get(ino) ?? [])
      .map((inode) => ({ path: `${folder}${inode.name}`, inode }))
      .sort(fromLast);
  const found: PlacedInode[] = [];
  const left = inside(ROOT_INO, '');
  for (let next = left.pop(); next; next = left.pop()) {
    found.push(next);
    const { inode, path } = next;
    if (typeOf(inode.mode) !== 'directory') continue;
    for (const one of inside(inode.ino, `${path}/`)) left.push(one);
  }
  return found;
}

function fromLast({ inode: { name: one } }: PlacedInode, { inode: { name: other } }: PlacedInode) {
  return one < other ? 1 : one > other ? -1 : 0;
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
