import { remembering, rememberingRegistry } from '../../oci/remembering.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { Once } from '../../system/once.ts';

/**
 * What the streams of one look share: what moves is asked for once, so that all of them see the
 * same and 200 cost little more than one. Of use where nothing is written.
 */
export class Shared {
  readonly once = new Once();
  readonly #registries = new Map<string, Registry>();
  readonly #repositories = new Map<string, Repository>();

  /** The registry at this place, opened by the first who asks. */
  registry(location: string, open: () => Registry): Registry {
    return kept(this.#registries, location, () => rememberingRegistry(open()));
  }

  /** The same for the repository of something that is followed. */
  repository(name: string, open: () => Repository): Repository {
    return kept(this.#repositories, name, () => remembering(open()));
  }
}

function kept<T>(known: Map<string, T>, name: string, open: () => T): T {
  const found = known.get(name) ?? open();
  known.set(name, found);
  return found;
}

/** Asks once for all streams that are looked at together; a run asks for itself. */
export function askedOnce<T>(
  { shared }: { shared?: Shared },
  key: unknown,
  ask: () => Promise<T>,
): Promise<T> {
  return shared ? shared.once.get(key, ask) : ask();
}
