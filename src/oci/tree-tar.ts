import type { Descriptor } from './descriptor.ts';
import type { Reader } from './repository.ts';
import { openImageTree } from './tree.ts';
import type { OpenImageOptions } from './tree-image.ts';

/**
 * The merged root of an image as one tar archive, as unpackers read it, in constant memory apart
 * from the names. Each layer is read twice; whoever has the tree open asks it for `archive()`
 * instead, which reads once more. The same image gives the same bytes.
 */
export async function* mergedTar(
  reader: Reader,
  reference: string | Descriptor,
  options: OpenImageOptions = {},
): AsyncGenerator<Uint8Array> {
  const { platform } = options;
  yield* (await openImageTree(reader, reference, platform ? { platform } : {})).archive();
}
