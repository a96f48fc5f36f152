import type { TarHeader } from '../archive/tar.ts';
import type { FileTree, TreeEntry, TreeFile } from '../archive/tree.ts';
import { LockstepError } from '../system/error.ts';
import { readAll } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { type Contents, type LayerLook, layerEntries, openLayer } from './listing.ts';
import { readPlaced } from './listing-content.ts';
import { countingReader, type Transfer } from './listing-count.ts';
import type { Reader } from './repository.ts';
import { type OpenImage, type OpenImageOptions, openImage } from './tree-image.ts';
import { ownIndex } from './tree-index.ts';
import { type Inode, MergedTree, type TreeNode, walk } from './tree-merge.ts';

/** Largest file that is read into memory. */
const FILE_LIMIT = 512 << 20;

export interface ImageTreeOptions extends OpenImageOptions {
  /**
   * Whose word is taken: `tar` (default) reads every layer as an unpacker does, and is what a
   * check must use; `toc` believes tables of contents that the manifest names by digest, which
   * costs a fraction, but proves only what a lister sees (estargz.md, "Content Verification");
   * `index` believes the index of our own kmods images too, which knows names and sizes only.
   */
  contents?: Contents | 'index';
  /** Only this layer, 0 the lowest; whiteouts in it are then plain names. */
  layer?: number;
  /** Most entries of all layers together (default 2,000,000). */
  entries?: number;
}

/** More about a path than every tree knows. */
export interface ImageEntry extends TreeEntry {
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970. */
  mtime: number;
  /** The layer that it comes from, 0 the lowest. */
  layer: number;
}

/** The merged root of an image. */
export interface ImageTree extends FileTree {
  readonly image: OpenImage;
  /** How each layer was looked into, the lowest first. */
  readonly looks: readonly LayerLook[];
  /** What was moved so far, the opening of the image included. */
  readonly transfer: Readonly<Transfer>;
  list(prefix: string): AsyncIterable<ImageEntry>;
  /** What stands at a path; links are followed, the last one only with `follow`. */
  entry(path: string, follow?: boolean): ImageEntry | undefined;
}

/**
 * Looks into an image without pulling it: reads the names in all layers and lays them over each
 * other; contents are read when asked for. Nothing touches the disk.
 *
 * @example for await (const { path } of (await openImageTree(layout, 'latest')).list('boot')) …
 */
export async function openImageTree(
  reader: Reader,
  reference: string | Descriptor | OpenImage,
  options: ImageTreeOptions = {},
): Promise<ImageTree> {
  const counted = countingReader(isOpen(reference) ? reference.reader : reader);
  const image = isOpen(reference) ? reference : await openImage(counted.reader, reference, options);
  const listed = options.contents === 'index' && !options.layer ? ownIndex(image) : undefined;
  if (listed) return new IndexedTree(image, listed, counted);
  const contents = options.contents === 'index' ? 'toc' : (options.contents ?? 'tar');
  const layers = numbered(layersOf(image, options.layer), options.layer ?? 0);
  const alone = options.layer !== undefined;
  const merged = new MergedTree({
    alone,
    ...(options.entries ? { entries: options.entries } : {}),
  });
  const looks: LayerLook[] = [];
  for (const [index, layer] of layers) {
    const open = await openLayer(counted.reader, layer, contents);
    looks.push(open.look);
    for await (const { header, ordinal, place } of open.entries) {
      merged.apply({ header, layer: index, ordinal, ...(place ? { place } : {}) });
    }
  }
  return new LayeredTree(image, layers, merged, { looks, ...counted });
}

/** The layers of an image, or the one that is asked for; throws `not-found` when there is none. */
export function layersOf(image: OpenImage, only?: number): Descriptor[] {
  const { layers } = image.document.manifest;
  if (only === undefined) return layers;
  const layer = layers[only];
  if (layer) return [layer];
  throw new LockstepError('not-found', `${image.name} has no layer ${only}`, {
    hint: `it has layers 0 to ${layers.length - 1}`,
  });
}

/** Layers by their number in the image. */
type Layers = ReadonlyMap<number, Descriptor>;

function numbered(layers: readonly Descriptor[], first: number): Layers {
  return new Map(layers.map((layer, index) => [first + index, layer]));
}

interface Found {
  looks: readonly LayerLook[];
  transfer: Transfer;
  reader: Reader;
}

class LayeredTree implements ImageTree {
  readonly name: string;
  readonly image: OpenImage;
  readonly looks: readonly LayerLook[];
  readonly transfer: Transfer;
  readonly #reader: Reader;
  readonly #layers: Layers;
  readonly #merged: MergedTree;

  constructor(image: OpenImage, layers: Layers, merged: MergedTree, found: Found) {
    this.name = image.name;
    this.image = image;
    this.looks = found.looks;
    this.transfer = found.transfer;
    this.#reader = found.reader;
    this.#layers = layers;
    this.#merged = merged;
  }

  async *list(prefix: string): AsyncGenerator<ImageEntry> {
    const found = this.#merged.find(prefix);
    if (!found?.node.children) return;
    const entries = [...walk(found.node, found.path)];
    entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path, node } of entries) yield entryOf(path, node);
  }

  entry(path: string, follow = false): ImageEntry | undefined {
    const found = this.#merged.find(path, follow);
    return found && entryOf(found.path, found.node);
  }

  async read(path: string): Promise<Uint8Array> {
    for await (const { content } of this.readMany(new Set([path]))) return content;
    throw new LockstepError('not-found', `${this.name} has no file ${path}`, { context: { path } });
  }

  async *readMany(paths: ReadonlySet<string>): AsyncGenerator<TreeFile> {
    const wanted = this.#wanted(paths);
    for (const [index, layer] of this.#layers) {
      const inLayer = wanted.filter(({ inode }) => inode.layer === index);
      if (inLayer.length > 0) yield* this.#readLayer(layer, inLayer);
    }
  }

  /** The files that the paths lead to, each with all the paths that lead there. */
  #wanted(paths: ReadonlySet<string>): Wanted[] {
    const wanted = new Map<Inode, Wanted>();
    for (const path of paths) {
      const inode = this.#merged.find(path)?.node.inode;
      if (inode?.header.type !== 'file') continue;
      if (inode.header.size > FILE_LIMIT) throw tooLarge(this.name, path);
      const known = wanted.get(inode);
      if (known) known.paths.push(path);
      else wanted.set(inode, { inode, paths: [path] });
    }
    return [...wanted.values()];
  }

  async *#readLayer(layer: Descriptor, wanted: readonly Wanted[]): AsyncGenerator<TreeFile> {
    const empty = wanted.filter(({ inode }) => inode.header.size === 0);
    for (const { paths } of empty) yield* named(paths, Buffer.alloc(0));
    const full = wanted.filter(({ inode }) => inode.header.size > 0);
    const placed = full.flatMap(({ inode, paths }) => {
      const { place, header } = inode;
      return place ? [{ place, size: header.size, path: paths[0] ?? '', paths }] : [];
    });
    for await (const { file, content } of readPlaced(this.#reader, layer, placed)) {
      yield* named(file.paths, content);
    }
    if (placed.length < full.length) yield* this.#stream(layer, full);
  }

  /** Reads a layer from its beginning up to the last file that is wanted. */
  async *#stream(layer: Descriptor, wanted: readonly Wanted[]): AsyncGenerator<TreeFile> {
    const byOrdinal = new Map(wanted.map((file) => [file.inode.ordinal, file]));
    let ordinal = 0;
    for await (const { header, body } of layerEntries(this.#reader, layer)) {
      const file = byOrdinal.get(ordinal++);
      if (!file) continue;
      const content = await readAll(body, FILE_LIMIT, header.path);
      byOrdinal.delete(ordinal - 1);
      yield* named(file.paths, content);
      if (byOrdinal.size === 0) return;
    }
  }
}

/** A tree whose names come from an index; contents are looked for in the layers. */
class IndexedTree extends LayeredTree {
  readonly #inside: () => Promise<ImageTree>;

  constructor(image: OpenImage, listed: readonly TarHeader[], counted: Omit<Found, 'looks'>) {
    const merged = new MergedTree();
    for (const header of listed) merged.apply({ header, layer: 0, ordinal: 0 });
    const looks: LayerLook[] = [{ digest: image.document.descriptor.digest, by: 'index' }];
    super(image, new Map(), merged, { looks, ...counted });
    const { reader } = counted;
    this.#inside = () => openImageTree(reader, { ...image, reader }, { contents: 'toc' });
  }

  override async *readMany(paths: ReadonlySet<string>): AsyncGenerator<TreeFile> {
    yield* (await this.#inside()).readMany(paths);
  }
}

interface Wanted {
  inode: Inode;
  paths: string[];
}

function* named(paths: readonly string[], content: Uint8Array): Generator<TreeFile> {
  for (const path of paths) yield { path, content };
}

function entryOf(path: string, node: TreeNode): ImageEntry {
  const { header, layer } = node.inode;
  const { mode, uid, gid, mtime, size, linkPath } = header;
  const type = header.type === 'file' || header.type === 'directory' || header.type === 'symlink';
  return {
    path,
    type: type ? (header.type as 'file' | 'directory' | 'symlink') : 'other',
    size,
    ...(header.type === 'symlink' && linkPath !== undefined ? { linkTarget: linkPath } : {}),
    mode,
    uid,
    gid,
    mtime,
    layer,
  };
}

function isOpen(reference: string | Descriptor | OpenImage): reference is OpenImage {
  return typeof reference === 'object' && 'document' in reference;
}

function tooLarge(name: string, path: string): LockstepError {
  return new LockstepError('limit-exceeded', `${name}: ${path} has more than ${FILE_LIMIT} bytes`, {
    context: { path },
  });
}
