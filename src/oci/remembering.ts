import { Once } from '../system/once.ts';
import { MANIFEST_LIMIT, readAll, streamOf } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { isManifestType } from './media-type.ts';
import type { Registry, Repository } from './repository.ts';

/**
 * A registry as one look sees it: where a tag points, what tags there are, what is attached and
 * what manifests say is asked once, so that a tag that moves meanwhile is the same for everybody.
 * What is written through it is passed on and not seen by it.
 */
export function rememberingRegistry(registry: Registry): Registry {
  const open = new Map<string, Repository>();
  return {
    repository(name) {
      const known = open.get(name) ?? remembering(registry.repository(name));
      open.set(name, known);
      return known;
    },
  };
}

/** One repository of such a registry. */
export function remembering(repository: Repository): Repository {
  const once = new Once();
  return {
    name: repository.name,
    resolve: (reference) => once.get(['resolve', reference], () => repository.resolve(reference)),
    tags: () => once.get('tags', () => repository.tags()),
    referrers: (subject, type) =>
      once.get(['referrers', subject, type], () => repository.referrers(subject, type)),
    has: (descriptor) => once.get(['has', descriptor], () => repository.has(descriptor)),
    read: (descriptor, range) =>
      range || !isManifestType(descriptor.mediaType)
        ? repository.read(descriptor, range)
        : manifestOnce(descriptor),
    write: (descriptor, content) => repository.write(descriptor, content),
    tag: (tag, descriptor, expected) => repository.tag(tag, descriptor, expected),
    untag: (tag) => repository.untag(tag),
    delete: (descriptor) => repository.delete(descriptor),
  };

  async function* manifestOnce(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    yield* streamOf(
      await once.get(['read', descriptor.digest], () =>
        readAll(repository.read(descriptor), MANIFEST_LIMIT, descriptor.digest),
      ),
    );
  }
}
