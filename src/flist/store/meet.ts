import { type Routed, storesFor } from './open.ts';
import type { BlockReader } from './store.ts';

/**
 * Asks every store for one block that it should have, so that the first block that is needed finds a
 * connection, and the name by which the store keeps blocks, known. What fails is told when a block
 * is needed.
 */
export async function meetStores(
  routes: readonly Routed<BlockReader>[],
  ids: Iterable<string>,
): Promise<void> {
  const left = new Set(routes.map(({ store }) => store));
  const met: Promise<unknown>[] = [];
  for (const id of ids) {
    if (left.size === 0) break;
    for (const store of storesFor(routes, id).filter((one) => left.delete(one)))
      met.push(store.holds(id).catch(() => undefined));
  }
  await Promise.all(met);
}
