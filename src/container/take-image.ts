import { join } from 'node:path';
import { copy } from '../oci/copy.ts';
import { openLayout } from '../oci/layout/layout.ts';
import type { Reader } from '../oci/repository.ts';
import type { Digest } from '../system/digest.ts';
import type { Buildah } from './buildah.ts';

/** An image of a registry, as a recipe names it: `HOST/NAME@DIGEST`. */
export interface StoredImage {
  /** `HOST/NAME`. */
  name: string;
  digest: Digest;
  /** Who has it. */
  reader: Reader;
}

/**
 * Brings an image into the container storage under the name that a recipe has for it, where the
 * container tool finds it before it asks a registry. So login, proxy, authorities and plain HTTP
 * are those by which everything else speaks to that registry, and the digest is checked by us.
 */
export async function takeImage(
  buildah: Buildah,
  { name, digest, reader }: StoredImage,
  scratch: string,
): Promise<void> {
  const layout = `pulled-${digest.slice(7, 19)}`;
  await copy(reader, openLayout(join(scratch, layout)), digest, { tags: ['pinned'] });
  const options = { cwd: scratch };
  const { stdout } = await buildah.call(['pull', '--quiet', `oci:${layout}:pinned`], options);
  const id = stdout.trim().split('\n').at(-1) ?? '';
  await buildah.call(['tag', id, `${name}:${layout}`]);
}
