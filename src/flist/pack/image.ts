import { encodeName, isEscapedName } from '../../file/name.ts';
import { nameOf, parentOf } from '../../file/path.ts';
import type { ImageEntry, ImageTree } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { BLOCK_SIZE, type BlockName } from '../block/codec.ts';
import { requirePlace } from '../manifest/place.ts';
import { type Inode, KINDS, ROOT_INO } from '../manifest/rows.ts';
import { writeManifest } from '../manifest/write.ts';
import { routesTold } from '../store/address.ts';
import { openStores } from '../store/open.ts';
import { type Route } from '../store/route.ts';
import { type Attributes, attributesFinding } from './attributes.ts';
import { type EncodeCrew, startEncodeCrew } from './encode-crew.ts';
import { oddities } from './oddities.ts';
import type { Packed, PackOptions } from './pack.ts';
import { type BlockSink, openSink } from './sink.ts';

/** What of an image is packed and where it goes. */
export interface ImageFolder {
  tree: ImageTree;
  /** Folder of the image: `usr/lib/modules/6.12.44`. */
  path: string;
  manifest: string;
  stores: readonly Route[];
}

/**
 * Packs a folder of an image out of its layers; nothing is unpacked. Devices, pipes and sockets
 * are left out, and said. Throws `not-found` when the image has no such folder.
 */
export async function packImageFolder(
  { tree, path, manifest: file, stores }: ImageFolder,
  options: PackOptions,
): Promise<Packed> {
  await requirePlace(file);
  const { inodes, places, left, linked, attributes } = await inodesOf(tree, path);
  const sink = openSink(openStores(stores, { ...options, expected: places.size }));
  await using crew = startEncodeCrew();
  const blocks = await storeFiles(tree, places, { sink, crew, options });
  const routes = options.routes ?? routesTold(stores, options);
  const ordered = new Map([...blocks].sort(([one], [other]) => one - other));
  const manifest = { inodes, blocks: ordered, tags: {}, routes };
  await writeManifest(file, manifest);
  return {
    manifest,
    ...sink.counts(),
    findings: [...oddities(inodes, linked), ...attributesFinding(attributes), ...leftOut(left)],
  };
}

interface ListedFolder {
  inodes: Inode[];
  /** Numbers of files by their paths in the image. */
  places: Map<string, number>;
  /** What cannot be packed. */
  left: string[];
  /** Further names of files. */
  linked: number;
  attributes: Attributes;
}

async function inodesOf(tree: ImageTree, path: string): Promise<ListedFolder> {
  const root = tree.entry(path, true);
  if (root?.type !== 'directory')
    throw new LockstepError('not-found', `${tree.name} has no folder ${path}`);
  const inodes: Inode[] = [inodeOf(root, { ino: ROOT_INO, parent: 0, name: '/' })];
  const numbers = new Map([[root.path, ROOT_INO]]);
  const places = new Map<string, number>();
  const left: string[] = [];
  const odd = { linked: 0, count: 0, names: new Set<string>() };
  for await (const entry of tree.list(root.path)) {
    const parent = numbers.get(parentOf(entry.path));
    if (entry.type === 'other' || parent == null) left.push(entry.path);
    if (entry.type === 'other' || parent == null) continue;
    const name = nameOf(entry.path);
    if (isEscapedName(name))
      throw new LockstepError(
        'unsupported',
        `name-not-utf8: ${tree.name} holds ${JSON.stringify(entry.path)}`,
      );
    if (entry.isLink) odd.linked++;
    if (entry.xattrs) odd.count++;
    for (const attribute of entry.xattrs ?? []) odd.names.add(attribute);
    const ino = inodes.length + 1;
    inodes.push(inodeOf(entry, { ino, parent, name }));
    if (entry.type === 'directory') numbers.set(entry.path, ino);
    if (entry.type === 'file') places.set(entry.path, ino);
  }
  const attributes = { count: odd.count, names: [...odd.names].sort() };
  return { inodes, places, left, linked: odd.linked, attributes };
}

function inodeOf(entry: ImageEntry, place: Pick<Inode, 'ino' | 'parent' | 'name'>): Inode {
  const { type, mode, uid, gid, mtime } = entry;
  const target = type === 'symlink' ? encodeName(entry.linkTarget ?? '') : undefined;
  return {
    ...place,
    size: target?.length ?? entry.size,
    uid,
    gid,
    mode: KINDS[type === 'other' ? 'file' : type] | mode,
    rdev: 0,
    ctime: mtime,
    mtime,
    ...(target ? { target } : {}),
  };
}

/** Files come one after the other, as the layers have them; the blocks of one are encoded together. */
async function storeFiles(
  tree: ImageTree,
  places: ReadonlyMap<string, number>,
  { sink, crew, options }: { sink: BlockSink; crew: EncodeCrew; options: PackOptions },
): Promise<Map<number, BlockName[]>> {
  const blocks = new Map<number, BlockName[]>();
  let done = 0;
  for await (const { path, content } of tree.readMany(new Set(places.keys()))) {
    options.retry?.signal?.throwIfAborted();
    const ino = places.get(path);
    options.onProgress?.(++done, places.size);
    if (ino == null || content.length === 0) continue;
    const encoded = await crew.encode(piecesOf(content));
    await Promise.all(encoded.map((block) => sink.store(block)));
    blocks.set(
      ino,
      encoded.map(({ id, key }) => ({ id, key })),
    );
  }
  return blocks;
}

function piecesOf(content: Uint8Array): { content: Uint8Array }[] {
  const count = Math.ceil(content.length / BLOCK_SIZE);
  return Array.from({ length: count }, (_, at) => ({
    content: content.subarray(at * BLOCK_SIZE, (at + 1) * BLOCK_SIZE),
  }));
}

function leftOut(paths: readonly string[]): Finding[] {
  if (paths.length === 0) return [];
  const message = `${paths.length} devices, pipes or sockets were left out (the first: ${paths[0]})`;
  return [{ rule: 'special-files', severity: 'warning', message }];
}
