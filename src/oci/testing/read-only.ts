import type { Registry, Repository } from '../repository.ts';

/** A registry that fails the test of whoever changes a repository other than the named ones. */
export function readOnlyRegistry(registry: Registry, but: readonly string[] = []): Registry {
  return {
    repository(name) {
      const repository = registry.repository(name);
      return but.includes(name) ? repository : readOnly(repository);
    },
  };
}

function readOnly(repository: Repository): Repository {
  const refuse = async () => {
    throw new Error(`something was written to ${repository.name}`);
  };
  return {
    name: repository.name,
    resolve: (reference) => repository.resolve(reference),
    has: (descriptor) => repository.has(descriptor),
    read: (descriptor, range) => repository.read(descriptor, range),
    tags: () => repository.tags(),
    referrers: (subject, type) => repository.referrers(subject, type),
    write: refuse,
    tag: refuse,
    untag: refuse,
    delete: refuse,
  };
}
