import { join } from 'node:path';
import type { LocalImage } from '../../../container/run-in-image.ts';
import { copy } from '../../../oci/copy.ts';
import { openLayout } from '../../../oci/layout/layout.ts';
import type { Reader } from '../../../oci/repository.ts';
import type { Digest } from '../../../system/digest.ts';
import { repositoryOf } from '../../context/repository.ts';
import type { RunContext } from '../../context/run-context.ts';

/** An image that moved once and is pinned now. */
export interface PinnedImage {
  reference: string;
  digest: Digest;
}

/** Who has a pinned image: our own repositories, which keep bases, else the one it came from. */
export async function holderOf(
  context: RunContext,
  { reference, digest }: PinnedImage,
): Promise<Reader> {
  const { image, stable } = context.ends;
  for (const where of [image, stable]) if (await where.resolve(digest)) return where;
  return repositoryOf(context, reference);
}

/**
 * Brings an image here by its digest, once a run. The container tools themselves never ask a
 * registry: what they get is what was pinned.
 */
export async function pulled(context: RunContext, image: PinnedImage): Promise<LocalImage> {
  const name = `pulled-${image.digest.slice(7, 19)}`;
  const cwd = context.folders.scratch;
  const to = openLayout(join(cwd, name));
  await copy(await holderOf(context, image), to, image.digest, { tags: ['pinned'] });
  return { reference: `oci:${name}:pinned`, cwd };
}
