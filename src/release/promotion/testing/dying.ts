import type { Registry, Repository } from '../../../oci/repository.ts';

/** A registry whose user dies at its nth change: that one and all later calls fail. */
export function dyingRegistry(registry: Registry, changes: number): Registry {
  const state = { left: changes };
  return { repository: (name) => dying(registry.repository(name), state) };
}

function dying(repository: Repository, state: { left: number }): Repository {
  return new Proxy(repository, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (isChange(key)) state.left -= 1;
        if (state.left <= 0) throw new Error('killed');
        return Reflect.apply(member, target, args) as unknown;
      };
    },
    // A mount looks into its source, which a stand-in has nothing inside of.
    has: (target, key) => key !== 'mount' && Reflect.has(target, key),
  });
}

function isChange(key: string | symbol): boolean {
  return ['write', 'tag', 'untag', 'delete'].includes(String(key));
}
