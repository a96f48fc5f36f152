import { LockstepError } from '../system/error.ts';
import type { Descriptor } from './descriptor.ts';
import { isIndex, readManifest } from './manifest.ts';
import { isIndexType, isManifestType } from './media-type.ts';
import type { Reader } from './repository.ts';

/** How many manifests one root may list, with what its indexes list. */
const COUNT_LIMIT = 10_000;

/**
 * A manifest and every manifest that it lists, the root first, each once, with the platforms that
 * indexes give them. Of what is named by a descriptor only indexes are read. Throws
 * `limit-exceeded`, and `not-found` for a name of nothing.
 */
export async function instancesOf(
  reader: Reader,
  reference: string | Descriptor,
): Promise<[root: Descriptor, ...instances: Descriptor[]]> {
  const named = typeof reference === 'string' ? await readManifest(reader, reference) : undefined;
  const root = named?.descriptor ?? (reference as Descriptor);
  const found = new Map([[root.digest, root]]);
  for (const descriptor of found.values()) {
    if (!isIndexType(descriptor.mediaType)) continue;
    const known = descriptor === root ? named : undefined;
    const { manifest } = known ?? (await readManifest(reader, descriptor));
    const listed = isIndex(manifest) ? manifest.manifests : [];
    for (const one of listed) {
      if (isManifestType(one.mediaType) && !found.has(one.digest)) found.set(one.digest, one);
    }
    if (found.size > COUNT_LIMIT) throw tooMany(root);
  }
  const [, ...instances] = found.values();
  return [root, ...instances];
}

function tooMany({ digest }: Descriptor): LockstepError {
  return new LockstepError('limit-exceeded', `${digest} lists more than ${COUNT_LIMIT} manifests`, {
    context: { digest },
  });
}
