import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { type ImageTree, type ImageTreeOptions, openImageTree } from './tree.ts';

const trees = new WeakMap<Reader, Map<string, Promise<ImageTree>>>();

/**
 * The tree of an image as unpackers see it, opened once for all who ask the same reader for the
 * same digest: what a digest names never changes. Kept for as long as the reader is; what the
 * first of them asks to keep is kept.
 */
export function sharedImageTree(
  reader: Reader,
  descriptor: Descriptor,
  options: Pick<ImageTreeOptions, 'keep'> = {},
): Promise<ImageTree> {
  const known = trees.get(reader) ?? new Map<string, Promise<ImageTree>>();
  trees.set(reader, known);
  const open = known.get(descriptor.digest) ?? openImageTree(reader, descriptor, options);
  known.set(descriptor.digest, open);
  open.catch(() => known.delete(descriptor.digest));
  return open;
}
