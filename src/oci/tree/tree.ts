import { LockstepError } from '../../system/error.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { type OpenImage, type OpenImageOptions, openImage } from './image.ts';
import { ownIndex } from './index.ts';
import { type ImageTree, IndexedTree, LayeredTree, type Layers } from './layered.ts';
import { type Contents, type LayerLook, openLayer } from './listing.ts';
import { countingReader } from './listing-count.ts';
import { MergedTree } from './merge.ts';

export type { ImageEntry, ImageTree } from './layered.ts';

/** Most bytes of contents that are kept while names are read. */
const KEPT = 128 << 20;

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
  /**
   * Paths whose contents are wanted later: of streamed layers they are kept while names are read,
   * up to 128 MiB, so that such a layer is read once instead of twice.
   */
  keep?: (path: string) => boolean;
  /** Most entries of all layers together (default 1,000,000). */
  entries?: number;
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
  const listed =
    options.contents === 'index' && options.layer === undefined ? ownIndex(image) : undefined;
  const { reader: counting } = counted;
  const reopen = (contents: Contents) =>
    openImageTree(counting, { ...image, reader: counting }, { ...options, contents });
  if (listed) return new IndexedTree(image, listed, { ...counted, reopen });
  const contents = options.contents === 'index' ? 'toc' : (options.contents ?? 'tar');
  const layers = numbered(layersOf(image, options.layer), options.layer ?? 0);
  const alone = options.layer !== undefined;
  const merged = new MergedTree({
    alone,
    ...(options.entries ? { entries: options.entries } : {}),
  });
  const looks: LayerLook[] = [];
  const keep = options.keep && { wants: options.keep, left: KEPT };
  for (const [index, layer] of layers) {
    const open = await openLayer(counted.reader, layer, { contents, tag: image.tag, keep });
    looks.push(open.look);
    for await (const entry of open.entries) merged.apply({ ...entry, layer: index });
  }
  return new LayeredTree(image, layers, merged, { looks, ...counted, reopen });
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

function isOpen(reference: string | Descriptor | OpenImage): reference is OpenImage {
  return typeof reference === 'object' && 'document' in reference;
}

function numbered(layers: readonly Descriptor[], first: number): Layers {
  return new Map(layers.map((layer, index) => [first + index, layer]));
}
