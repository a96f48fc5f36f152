import { childrenOf } from '../manifest/entries.ts';
import { type Inode, type Manifest, ROOT_INO, typeOf } from '../manifest/rows.ts';
import { type FilePart, filePart } from './file-part.ts';
import {
  type Attributes,
  absentAnswer,
  attributesAnswer,
  directoryItem,
  ERRNO,
  entryAnswer,
  type FuseRequest,
  initAnswer,
  OPCODE,
  statfsAnswer,
} from './protocol.ts';

/** What a request is answered with: bytes in pieces, an errno, or what a part of a file holds. */
export type Answer = Buffer[] | number | FilePart;

/** Answers the kernel's requests for one flist, of which it knows all but the content of files. */
export type FileSystem = (request: FuseRequest) => Answer;

/** A flist as a read-only file system. */
export function flistFileSystem(manifest: Pick<Manifest, 'inodes' | 'blocks'>): FileSystem {
  const tree = treeOf(manifest);
  const size = manifest.inodes.reduce((sum, inode) => sum + inode.size, 0);
  const handlers: Record<number, FileSystem> = {
    [OPCODE.init]: ({ body }) => [initAnswer(body)],
    [OPCODE.lookup]: ({ node, body }) => lookup(tree, node, body),
    [OPCODE.getattr]: ({ node }) =>
      withInode(tree, node, (one) => [attributesAnswer(one.attributes)]),
    [OPCODE.readlink]: ({ node }) =>
      withInode(tree, node, ({ inode }) =>
        inode.target ? [Buffer.from(inode.target)] : ERRNO.inval,
      ),
    [OPCODE.readdir]: ({ node, body }) => list(tree, node, { body, plus: false }),
    [OPCODE.readdirplus]: ({ node, body }) => list(tree, node, { body, plus: true }),
    [OPCODE.read]: ({ node, body }) => read(tree, node, { body, manifest }),
    [OPCODE.statfs]: () => [statfsAnswer({ files: manifest.inodes.length, bytes: size })],
    [OPCODE.release]: () => [],
    [OPCODE.releasedir]: () => [],
    [OPCODE.destroy]: () => [],
  };
  return (request) => handlers[request.opcode]?.(request) ?? ERRNO.nosys;
}

interface Node {
  inode: Inode;
  attributes: Attributes;
  /** Of a folder: what is in it, by name. */
  children: Map<string, Node>;
}

type Tree = Map<number, Node>;

/** What is in a file, and in an empty folder. */
const NOTHING = new Map<string, Node>();

function treeOf({ inodes }: Pick<Manifest, 'inodes'>): Tree {
  const children = childrenOf(inodes);
  const tree: Tree = new Map(
    inodes.map((inode) => {
      const inside = children.get(inode.ino) ?? [];
      const folders = inside.filter(({ mode }) => typeOf(mode) === 'directory').length;
      const nlink = typeOf(inode.mode) === 'directory' ? 2 + folders : 1;
      const known = inside.length === 0 ? NOTHING : new Map<string, Node>();
      return [inode.ino, { inode, attributes: { ...inode, nlink }, children: known }];
    }),
  );
  for (const node of tree.values()) {
    const { ino, parent, name } = node.inode;
    if (ino !== ROOT_INO) tree.get(parent)?.children.set(name, node);
  }
  return tree;
}

function withInode(tree: Tree, node: number, answer: (found: Node) => Answer): Answer {
  const found = tree.get(node);
  return found ? answer(found) : ERRNO.noent;
}

function lookup(tree: Tree, node: number, body: Buffer): Answer {
  const name = body.toString('utf8', 0, body.indexOf(0));
  const found = tree.get(node)?.children.get(name);
  return [found ? entryAnswer(found.attributes) : absentAnswer()];
}

function list(tree: Tree, node: number, { body, plus }: { body: Buffer; plus: boolean }): Answer {
  const folder = tree.get(node);
  if (!folder) return ERRNO.noent;
  const start = Number(body.readBigUInt64LE(8));
  let room = body.readUInt32LE(16);
  const parent = tree.get(folder.inode.parent) ?? folder;
  const items = [['.', folder] as const, ['..', parent] as const, ...folder.children];
  const parts: Buffer[] = [];
  for (let at = start; at < items.length; at++) {
    const [name, found] = items[at] ?? ['', folder];
    const item = { name: Buffer.from(name), next: at + 1, attributes: found.attributes };
    const part = directoryItem(item, plus, room);
    if (!part) break;
    parts.push(part);
    room -= part.length;
  }
  return [Buffer.concat(parts)];
}

function read(
  tree: Tree,
  node: number,
  { body, manifest }: { body: Buffer; manifest: Pick<Manifest, 'blocks'> },
): Answer {
  const found = tree.get(node);
  if (!found) return ERRNO.noent;
  const { ino, size } = found.inode;
  const start = Number(body.readBigUInt64LE(8));
  const end = Math.min(size, start + body.readUInt32LE(16));
  if (start >= end) return [];
  return filePart({ names: manifest.blocks.get(ino) ?? [], size }, start, end);
}
