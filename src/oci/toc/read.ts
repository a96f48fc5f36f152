import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { readChunkedToc } from './chunked.ts';
import { readEstargzToc } from './estargz.ts';
import type { LayerToc } from './toc.ts';

/**
 * Reads the table of contents of a layer by one or two range requests; undefined when it has
 * none. Annotations say where it is, else the footer does. Throws `digest-mismatch` when the
 * table is not the one that the annotations name and `invalid-content` when it makes no sense.
 */
export async function readToc(
  reader: Reader,
  layer: Descriptor,
  tag?: string,
): Promise<LayerToc | undefined> {
  return (await readChunkedToc(reader, layer)) ?? (await readEstargzToc(reader, layer, tag));
}
