import { childrenOf } from '../manifest/entries.ts';
import { type Inode, type Manifest, ROOT_INO, typeOf } from '../manifest/rows.ts';
import type { BlockReads } from './block-reads.ts';
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

/** What a request is answered with: bytes in pieces, or an errno. */
export type Answer = Buffer[] | number;

/** Answers the kernel's requests for one flist. */
export type FileSystem = (request: FuseRequest) => Answer | Promise<Answer>;

type Handler = (request: FuseRequest) => Answer | Promise<Answer>;

/** A flist as a read-only file system; content is read through `blocks` when it is asked for. */
export function flistFileSystem(manifest: Manifest, blocks: BlockReads): FileSystem {
  const tree = treeOf(manifest);
  const size = manifest.inodes.reduce((sum, inode) => sum + inode.size, 0);
  const handlers: Record<number, Handler> = {
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
    [OPCODE.read]: ({ node, body }) => read(tree, node, { body, blocks, manifest }),
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

function treeOf({ inodes }: Manifest): Tree {
  const children = childrenOf(inodes);
  const tree: Tree = new Map(
    inodes.map((inode) => {
      const inside = children.get(inode.ino) ?? [];
      const folders = inside.filter(({ mode }) => typeOf(mode) === 'directory').length;
      const nlink = typeOf(inode.mode) === 'directory' ? 2 + folders : 1;
      return [inode.ino, { inode, attributes: { ...inode, nlink }, children: new Map() }];
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

async function read(
  tree: Tree,
  node: number,
  { body, blocks, manifest }: { body: Buffer; blocks: BlockReads; manifest: Manifest },
): Promise<Answer> {
  const found = tree.get(node);
  if (!found) return ERRNO.noent;
  const { ino, size } = found.inode;
  const start = Number(body.readBigUInt64LE(8));
  const end = Math.min(size, start + body.readUInt32LE(16));
  if (start >= end) return [];
  const names = manifest.blocks.get(ino) ?? [];
  return (await blocks.range({ names, size }, start, end)) ?? ERRNO.io;
}
