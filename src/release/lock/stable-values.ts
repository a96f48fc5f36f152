import type { Stream } from '../../config/schema.ts';
import type { Reader } from '../../oci/repository.ts';
import { presentStable } from '../record/stable-tags.ts';
import { storedInputs } from './find.ts';

/**
 * What is stable now of a stream, by names that documents of a first boot use: `image` (the
 * repository), `image_tag`, `image_digest`, `kernel` (the newest), `module.NAME` (a version).
 * Throws `not-found` when nothing is stable.
 */
export async function stableValues(
  repository: Reader,
  stream: Stream,
): Promise<ReadonlyMap<string, string>> {
  const inputs = await storedInputs(repository, stream);
  const [tag = ''] = await presentStable(repository, stream.publish.stable);
  const stable = await repository.resolve(tag);
  return new Map([
    ['image', `${stream.publish.registry}/${stream.publish.image}`],
    ['image_tag', tag],
    ['image_digest', stable?.digest ?? ''],
    ['kernel', inputs.base.kernels.at(-1) ?? ''],
    ...inputs.modules.map(({ name, version }) => [`module.${name}`, version] as const),
  ]);
}

/** True for a name that {@link stableValues} may have. */
export function isStableValue(name: string): boolean {
  return /^(?:image|image_tag|image_digest|kernel|module\..+)$/.test(name);
}
