import { isTag } from '../../oci/reference.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';

/**
 * Finds the immutable tag of an image among those that its own version suggests (`41.20261120.0`,
 * or with a prefix that other tags of the repository have: `stable-41.20261120.0`). Only one that
 * names the very same digest counts; undefined when there is none.
 */
export async function pinningTag(
  reader: Reader,
  digest: Digest,
  version: string,
): Promise<string | undefined> {
  if (!isTag(version)) return undefined;
  for (const tag of [version, `${version.split('.')[0]}-${version}`, `v${version}`]) {
    if ((await reader.resolve(tag))?.digest === digest) return tag;
  }
  return undefined;
}
