import { childrenOf } from '../manifest/entries.ts';
import { type Inode, type Manifest, ROOT_INO, typeOf } from '../manifest/rows.ts';
import { type FilePart, filePart } from './file-part.ts';
import {
  type Attributes,
  absentAnswer,
  attributesAnswer,
  ERRNO,
  entryAnswer,
  type FuseRequest,
  initAnswer,
  OPCODE,
  statfsAnswer,
  writeDirectoryItem,
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
      withInode(tree, node, (one) => [attributesAnswer(attributesOf(one))]),
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
  nlink: number;
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
      return [inode.ino, { inode, nlink, children: known }];
    }),
  );
  for (const node of tree.values()) {
    const { ino, parent, name } = node.inode;
    if (ino !== ROOT_INO) tree.get(parent)?.children.set(name, node);
  }
  return tree;
}

function attributesOf({ inode, nlink }: Node): Attributes {
  return { ...inode, nlink };
}

function withInode(tree: Tree, node: number, answer: (found: Node) => Answer): Answer {
  const found = tree.get(node);
  return found ? answer(found) : ERRNO.noent;
}

function lookup(tree: Tree, node: number, body: Buffer): Answer {
  const name = body.toString('utf8', 0, body.indexOf(0));
  const found = tree.get(node)?.children.get(name);
  return [found ? entryAnswer(attributesOf(found)) : absentAnswer()];
}

function list(tree: Tree, node: number, { body, plus }: { body: Buffer; plus: boolean }): Answer {
  const folder = tree.get(node);
  if (!folder) return ERRNO.noent;
  const start = Number(body.readBigUInt64LE(8));
  const out = Buffer.alloc(body.readUInt32LE(16));
  const names = [...folder.children.keys()];
  let done = 0;
  for (let at = start; at < names.length + 2; at++) {
    const item = itemOf({ tree, folder, names }, at);
    const length = writeDirectoryItem({ ...item, next: at + 1 }, plus, out.subarray(done));
    if (length == null) break;
    done += length;
  }
  return [out.subarray(0, done)];
}

/** What a listing has at a place: the folder itself and the one above it come first. */
function itemOf(
  { tree, folder, names }: { tree: Tree; folder: Node; names: readonly string[] },
  at: number,
): { name: string; attributes: Attributes } {
  if (at === 0) return { name: '.', attributes: attributesOf(folder) };
  const above = tree.get(folder.inode.parent) ?? folder;
  if (at === 1) return { name: '..', attributes: attributesOf(above) };
  const name = names[at - 2] ?? '';
  return { name, attributes: attributesOf(folder.children.get(name) ?? folder) };
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
