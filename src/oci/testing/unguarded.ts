import { setTimeout as sleep } from 'node:timers/promises';
import type { Repository, Unguarded } from '../repository.ts';

/** Milliseconds between looks and writes, in which others may be at work. */
const GAP = 2;

/** A repository whose tags are looked at and moved in two steps, as in registries. */
export function withoutGuard(repository: Repository): Repository & Unguarded {
  return {
    name: repository.name,
    settleTime: 5 * GAP,
    resolve: (reference) => repository.resolve(reference),
    has: async (descriptor) => {
      await sleep(GAP);
      return repository.has(descriptor);
    },
    read: (descriptor, range) => repository.read(descriptor, range),
    tags: () => repository.tags(),
    referrers: (subject, type) => repository.referrers(subject, type),
    write: (descriptor, content) => repository.write(descriptor, content),
    tag: async (name, descriptor) => {
      await sleep(GAP);
      await repository.tag(name, descriptor);
    },
    untag: (name) => repository.untag(name),
    delete: (descriptor) => repository.delete(descriptor),
  };
}
