import { linkTarget, nameOf } from '../../file/path.ts';
import { isLiteral } from '../../file/path-glob.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { hasBoundToc } from '../toc/toc.ts';
import { type OpenImage, openImage } from './image.ts';
import { entryOf, type ImageEntry } from './layered.ts';
import type { LayerLook } from './listing.ts';
import { countingReader, type Transfer } from './listing-count.ts';
import { searchImage } from './search.ts';
import { selectEntries } from './select.ts';
import { type ImageTreeOptions, openImageTree } from './tree.ts';

const WHITEOUT = /^\.wh\./;

/** What a pattern names in an image, and how that was found out. */
export interface ImageListing {
  image: OpenImage;
  entries: ImageEntry[];
  looks: readonly LayerLook[];
  transfer: Readonly<Transfer>;
}

/**
 * Lists what a pattern names in an image (`selectEntries`). For the path of one file, layers
 * without a table of contents are streamed only until the file was met, the uppermost first.
 */
export async function listImage(
  reader: Reader,
  reference: string | Descriptor,
  options: ImageTreeOptions & { pattern: string },
): Promise<ImageListing> {
  const { reader: counting, transfer } = countingReader(reader);
  const image = { ...(await openImage(counting, reference, options)), reader: counting };
  const { pattern, layer } = options;
  const streams = !image.document.manifest.layers.every(hasBoundToc);
  if (streams && isLiteral(pattern) && layer === undefined) {
    const looks: LayerLook[] = [];
    const found = await findFile(image, linkTarget('', pattern), looks);
    if (found) return { image, entries: [found], looks, transfer };
  }
  const tree = await openImageTree(counting, image, options);
  return { image, entries: await selectEntries(tree, pattern), looks: tree.looks, transfer };
}

/**
 * The file at a path when it is met before anything that leaves doubt: a folder or a link there,
 * and in layers above it anything that could reach the same place through a link: whatever is no
 * folder and has the name of a part of the path, and opaque folders. Undefined is no answer.
 */
async function findFile(
  image: OpenImage,
  wanted: string,
  looks: LayerLook[],
): Promise<ImageEntry | undefined> {
  const parts = new Set([...wanted.split('/'), '.wh..opq']);
  const concerns = (path: string) =>
    parts.has(nameOf(path).replace(WHITEOUT, '')) || path.startsWith(`${wanted}/`);
  const onLook = (look: LayerLook) => void looks.push(look);
  const found = searchImage(image.reader, image, concerns, { onLook });
  for await (const { path, header, layer } of found) {
    if (path === wanted && header.type === 'file') return entryOf(path, { header, layer });
    if (header.type !== 'directory' || `${path}/`.startsWith(`${wanted}/`)) return undefined;
  }
  return undefined;
}
