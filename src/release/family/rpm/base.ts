import { readLayers } from '../../../container/image.ts';
import { copy } from '../../../oci/copy.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { RpmInputs } from '../../inputs/inputs.ts';
import { baseTag } from '../../record/tags.ts';
import type { StoredBase } from '../debian/base.ts';
import { holderOf } from './pulled.ts';

/**
 * The base in the repository of the OS image, whose layers it shares: there it stays for as long
 * as an image is made of it, whatever its own repository forgets.
 */
export async function ensureImageBase(
  context: RunContext,
  { base }: RpmInputs,
): Promise<StoredBase> {
  const repository = context.ends.image;
  const tag = baseTag(base.digest, base.osVersion);
  if ((await repository.resolve(tag))?.digest !== base.digest) {
    await copy(await holderOf(context, base), repository, base.digest, { tags: [tag] });
  }
  return { digest: base.digest, layers: await readLayers(repository, base.digest) };
}
