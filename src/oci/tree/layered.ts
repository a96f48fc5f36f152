import type { TarHeader } from '../../file/tar/tar.ts';
import type { FileTree, TreeEntry, TreeFile } from '../../file/tree.ts';
import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { treeArchive } from './archive.ts';
import type { OpenImage } from './image.ts';
import { type Contents, type LayerLook, layerEntries } from './listing.ts';
import { readPlaced } from './listing-content.ts';
import type { Transfer } from './listing-count.ts';
import { type Inode, MergedTree, walk } from './merge.ts';

/** Largest file that is read into memory. */
const FILE_LIMIT = 512 << 20;

/** More about a path than every tree knows. */
export interface ImageEntry extends TreeEntry {
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970. */
  mtime: number;
  /** The layer that it comes from, 0 the lowest. */
  layer: number;
  /** Names of extended attributes, where it has any. */
  xattrs?: string[];
  /** A further name of a file that was listed before; only a list tells it. */
  isLink?: true;
}

/** The merged root of an image. */
export interface ImageTree extends FileTree {
  readonly image: OpenImage;
  /** How each layer was looked into, the lowest first. */
  readonly looks: readonly LayerLook[];
  /** What was moved so far, the opening of the image included. */
  readonly transfer: Readonly<Transfer>;
  list(prefix: string): AsyncIterable<ImageEntry>;
  /**
   * The whole tree as one tar archive, read from the layers' own archives whatever the names
   * were read from: folders first, then each file with its hard links after it.
   */
  archive(): AsyncIterable<Uint8Array>;
  /** What stands at a path; links are followed, the last one only with `follow`. */
  entry(path: string, follow?: boolean): ImageEntry | undefined;
}

/** Layers by their number in the image. */
export type Layers = ReadonlyMap<number, Descriptor>;

/** What looking into the layers brought. */
export interface Found {
  looks: readonly LayerLook[];
  transfer: Transfer;
  reader: Reader;
  /** Opens the same image another way. */
  reopen: (contents: Contents) => Promise<ImageTree>;
}

/** A tree that reads contents from the layers that it was merged from. */
export class LayeredTree implements ImageTree {
  readonly name: string;
  readonly image: OpenImage;
  readonly looks: readonly LayerLook[];
  readonly transfer: Transfer;
  readonly #reader: Reader;
  readonly #layers: Layers;
  readonly #merged: MergedTree;
  readonly #reopen: Found['reopen'];

  constructor(image: OpenImage, layers: Layers, merged: MergedTree, found: Found) {
    this.name = image.name;
    this.image = image;
    this.looks = found.looks;
    this.transfer = found.transfer;
    this.#reader = found.reader;
    this.#layers = layers;
    this.#merged = merged;
    this.#reopen = found.reopen;
  }

  async *list(prefix: string): AsyncGenerator<ImageEntry> {
    const found = this.#merged.find(prefix);
    if (!found?.node.children) return;
    const entries = [...walk(found.node, found.path)];
    entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    const seen = new Set<Inode>();
    for (const { path, node } of entries) {
      const isLink = seen.has(node.inode);
      yield { ...entryOf(path, node.inode), ...(isLink && { isLink }) };
      seen.add(node.inode);
    }
  }

  entry(path: string, follow = false): ImageEntry | undefined {
    const found = this.#merged.find(path, follow);
    return found && entryOf(found.path, found.node.inode);
  }

  async *archive(): AsyncGenerator<Uint8Array> {
    const own = this.looks.every(({ by }) => by === 'tar');
    if (own) yield* treeArchive(this.#reader, this.#layers, this.#merged);
    else yield* (await this.#reopen('tar')).archive();
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
    const full: Wanted[] = [];
    for (const file of wanted) {
      const { header, content } = file.inode;
      const known = header.size === 0 ? Buffer.alloc(0) : content;
      if (known) yield* named(file.paths, known);
      else full.push(file);
    }
    const placed = full.flatMap(({ inode, paths }) => {
      const { place, header } = inode;
      return place ? [{ place, size: header.size, path: paths[0] ?? '', paths }] : [];
    });
    for await (const { file, content } of readPlaced(this.#reader, layer, placed)) {
      yield* named(file.paths, content);
    }
    if (placed.length < full.length) yield* this.#stream(layer, full);
  }

  /** Reads a layer from its beginning to its end, where its digest is checked. */
  async *#stream(layer: Descriptor, wanted: readonly Wanted[]): AsyncGenerator<TreeFile> {
    const byOrdinal = new Map(wanted.map((file) => [file.inode.ordinal, file]));
    let ordinal = 0;
    for await (const { header, body } of layerEntries(this.#reader, layer)) {
      const file = byOrdinal.get(ordinal++);
      if (!file) continue;
      const content = await readAll(body, FILE_LIMIT, header.path);
      yield* named(file.paths, content);
    }
  }
}

/** A tree whose names come from an index; contents are looked for in the layers. */
export class IndexedTree extends LayeredTree {
  readonly #inside: () => Promise<ImageTree>;

  constructor(image: OpenImage, listed: readonly TarHeader[], found: Omit<Found, 'looks'>) {
    const merged = new MergedTree();
    for (const header of listed) merged.apply({ header, layer: 0, ordinal: 0 });
    const looks: LayerLook[] = [{ digest: image.document.descriptor.digest, by: 'index' }];
    super(image, new Map(), merged, { ...found, looks });
    this.#inside = () => found.reopen('toc');
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

/** What is told of an entry of a layer that came to stand at a path. */
export function entryOf(
  path: string,
  { header, layer }: Pick<Inode, 'header' | 'layer'>,
): ImageEntry {
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
    ...(header.xattrs && { xattrs: Object.keys(header.xattrs) }),
  };
}

function tooLarge(name: string, path: string): LockstepError {
  return new LockstepError('limit-exceeded', `${name}: ${path} has more than ${FILE_LIMIT} bytes`, {
    context: { path },
  });
}
