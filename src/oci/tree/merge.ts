import { archivePath, linkTarget, nameOf, parentOf } from '../../file/path.ts';
import type { TarHeader } from '../../file/tar/tar.ts';
import { LockstepError } from '../../system/error.ts';
import type { ContentPlace } from '../toc/toc.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Longest path (`PATH_MAX`); a longer one cannot be unpacked. */
const LONGEST_PATH = 4096;
/** Links that may be followed for one path, as in the kernel (`MAXSYMLINKS`). */
const MOST_LINKS = 40;

/** One file however many names it has. */
export interface Inode {
  header: TarHeader;
  /** The layer that it comes from, 0 the lowest, and its place among that layer's entries. */
  layer: number;
  ordinal: number;
  /** Where its bytes lie when a table of contents says so. */
  place?: ContentPlace;
  /** Its bytes, when they were kept. */
  content?: Buffer;
}

/** A name in the merged tree. */
export interface TreeNode {
  inode: Inode;
  /** The layer that gave it this name or, for folders, spoke of it last. */
  layer: number;
  /** Present for folders. */
  children?: Map<string, TreeNode>;
}

export interface MergeOptions {
  /** Most entries (default 1,000,000). */
  entries?: number;
  /** One layer by itself: whiteouts are names like others, hard links may lead to nothing. */
  alone?: boolean;
}

/**
 * The root that results from laying layers over each other (OCI image-spec 1.1, layer.md,
 * "Applying Changesets"). Entries come in the order of their layers and archives. As in an
 * unpacker with a root of its own, links among parent folders are followed inside the tree.
 */
export class MergedTree {
  readonly root: TreeNode = folderNode(-1);
  #count = 0;
  readonly #limit: number;
  readonly #alone: boolean;

  constructor(options: MergeOptions = {}) {
    this.#limit = options.entries ?? 1_000_000;
    this.#alone = options.alone ?? false;
  }

  /** Lays one entry over what is there. */
  apply(inode: Inode): void {
    if (++this.#count > this.#limit) {
      throw new LockstepError('limit-exceeded', `image has more than ${this.#limit} entries`);
    }
    const path = archivePath(inode.header.path);
    if (path.length > LONGEST_PATH) throw tooLong(path);
    const name = nameOf(path);
    const parent = this.#folder(parentOf(path), inode.layer);
    if (path === '') this.#replaceRoot(inode);
    else if (this.#alone) this.#place(parent, name, inode);
    else if (name === OPAQUE) removeBelow(parent, inode.layer);
    else if (name.startsWith(WHITEOUT))
      removeName(parent, name.slice(WHITEOUT.length), inode.layer);
    else this.#place(parent, name, inode);
  }

  /** The node of a path with the links of its parents followed, and its own too if asked. */
  find(path: string, follow = true): { path: string; node: TreeNode } | undefined {
    return this.#walk(linkTarget('', path), follow, MOST_LINKS);
  }

  #walk(
    path: string,
    follow: boolean,
    links: number,
  ): { path: string; node: TreeNode } | undefined {
    let node = this.root;
    let at = '';
    const parts = path === '' ? [] : path.split('/');
    for (const [index, part] of parts.entries()) {
      const child = node.children?.get(part);
      if (!child) return undefined;
      const last = index === parts.length - 1;
      const target = child.inode.header.linkPath;
      if (child.inode.header.type === 'symlink' && target !== undefined && (!last || follow)) {
        if (links === 0) return undefined;
        const rest = [linkTarget(at, target), ...parts.slice(index + 1)].filter(Boolean).join('/');
        return this.#walk(rest, follow, links - 1);
      }
      node = child;
      at = at === '' ? part : `${at}/${part}`;
    }
    return { path: at, node };
  }

  /** The folder that an entry goes into, made when no layer spoke of it. */
  #folder(path: string, layer: number): TreeNode {
    if (path === '') return this.root;
    const known = this.#walk(path, true, MOST_LINKS)?.node;
    if (known?.children) return known;
    const parent = this.#folder(parentOf(path), layer);
    return this.#makeFolder(parent, nameOf(path), layer);
  }

  #makeFolder(parent: TreeNode, name: string, layer: number): TreeNode {
    const there = parent.children?.get(name);
    if (there?.children) return there;
    const made = folderNode(layer);
    parent.children?.set(name, made);
    return made;
  }

  #place(parent: TreeNode, name: string, inode: Inode): void {
    const { header, layer } = inode;
    if (header.type === 'hardlink') {
      const target = this.#walk(archivePath(header.linkPath ?? ''), false, MOST_LINKS)?.node;
      const dangling = !target || target.children !== undefined;
      if (dangling && !this.#alone) throw danglingLink(header);
      parent.children?.set(name, { inode: dangling ? inode : target.inode, layer });
      return;
    }
    if (header.type !== 'directory') {
      parent.children?.set(name, { inode, layer });
      return;
    }
    const children = parent.children?.get(name)?.children ?? new Map<string, TreeNode>();
    parent.children?.set(name, { inode, layer, children });
  }

  #replaceRoot(inode: Inode): void {
    this.root.inode = inode;
    this.root.layer = inode.layer;
  }
}

/** Every name below a folder with its path, folders before what is in them. */
export function* walk(node: TreeNode, path: string): Generator<{ path: string; node: TreeNode }> {
  for (const [name, child] of node.children ?? []) {
    const below = path === '' ? name : `${path}/${name}`;
    yield { path: below, node: child };
    if (child.children) yield* walk(child, below);
  }
}

/** A whiteout takes away what lower layers put there and nothing of its own layer. */
function removeName(parent: TreeNode, name: string, layer: number): void {
  const node = parent.children?.get(name);
  if (!node) return;
  if (node.children) removeBelow(node, layer);
  if (node.layer < layer && !node.children?.size) parent.children?.delete(name);
}

function removeBelow(parent: TreeNode, layer: number): void {
  for (const name of parent.children?.keys() ?? []) removeName(parent, name, layer);
}

function folderNode(layer: number): TreeNode {
  const header: TarHeader = {
    path: '',
    type: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    nanoseconds: 0,
  };
  return { inode: { header, layer, ordinal: -1 }, layer, children: new Map() };
}

function tooLong(path: string): LockstepError {
  return new LockstepError('limit-exceeded', `path of more than ${LONGEST_PATH} bytes`, {
    context: { path: `${path.slice(0, 100)}...` },
  });
}

function danglingLink(header: TarHeader): LockstepError {
  return new LockstepError(
    'invalid-content',
    `hard link ${header.path} leads to ${header.linkPath}, which is not there`,
    { context: { path: header.path } },
  );
}
