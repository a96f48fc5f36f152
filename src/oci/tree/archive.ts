import type { TarHeader } from '../../file/tar/tar.ts';
import { TAR_END, tarEntry, tarEntryBytes } from '../../file/tar/write.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { layerEntries } from './listing.ts';
import { type Inode, type MergedTree, walk } from './merge.ts';

/**
 * The tree as one tar archive: folders first, then every file once, its hard links right after
 * it. Each layer is read once, from its beginning to its end, and checked against its digest.
 */
export async function* treeArchive(
  reader: Reader,
  layers: ReadonlyMap<number, Descriptor>,
  merged: MergedTree,
): AsyncGenerator<Uint8Array> {
  const names = namesOf(merged);
  yield* folders(names);
  for (const [index, layer] of layers) {
    const own = names.filter(({ inode }) => inode.layer === index && inode.ordinal >= 0);
    if (own.length > 0) yield* filesOf(reader, layer, own);
  }
  yield TAR_END;
}

interface Names {
  inode: Inode;
  /** Every path that it has in the end, sorted. */
  paths: string[];
}

/** Every file that is left, with its names; folders in the order in which they can be made. */
function namesOf(merged: MergedTree): Names[] {
  const names = new Map<Inode, Names>();
  const { root } = merged;
  if (root.inode.ordinal >= 0) names.set(root.inode, { inode: root.inode, paths: ['.'] });
  for (const { path, node } of walk(root, '')) {
    const known = names.get(node.inode);
    if (known) known.paths.push(path);
    else names.set(node.inode, { inode: node.inode, paths: [path] });
  }
  for (const { paths } of names.values()) paths.sort();
  return [...names.values()];
}

function* folders(names: readonly Names[]): Generator<Uint8Array> {
  for (const { inode, paths } of names) {
    const [path] = paths;
    if (inode.header.type === 'directory' && path) yield tarEntryBytes({ ...inode.header, path });
  }
}

async function* filesOf(
  reader: Reader,
  layer: Descriptor,
  names: readonly Names[],
): AsyncGenerator<Uint8Array> {
  const byOrdinal = new Map(names.map((file) => [file.inode.ordinal, file]));
  let ordinal = 0;
  for await (const { header, body } of layerEntries(reader, layer)) {
    const file = byOrdinal.get(ordinal++);
    if (!file || header.type === 'directory') continue;
    const [path = '', ...links] = file.paths;
    yield* tarEntry({ ...header, path }, header.type === 'file' ? body : '');
    for (const link of links) yield tarEntryBytes(hardLink(header, link, path));
  }
}

function hardLink(header: TarHeader, path: string, linkPath: string): TarHeader {
  return { ...header, type: 'hardlink', size: 0, path, linkPath };
}
