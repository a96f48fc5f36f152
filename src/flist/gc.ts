import { mapConcurrently } from '../system/concurrency.ts';
import { distinctBlocks, hexOf } from './manifest/blocks.ts';
import { entriesOf } from './manifest/entries.ts';
import type { LoadedManifest } from './manifest/load.ts';
import type { StoredObject, SweepableStore } from './store/store.ts';

/** Nothing younger is removed: a pack that is under way has no manifest yet. */
const YOUNGEST = 24 * 3600 * 1000;
const AT_ONCE = 16;

/** What of a store no manifest needs. */
export interface GcPlan {
  /** Objects that stay. */
  keep: number;
  /** Names of those that go. */
  remove: string[];
}

/** Decides what may go: blocks that no manifest names and that are older than a day. */
export function planGc(
  objects: readonly StoredObject[],
  manifests: readonly LoadedManifest[],
  now: Date,
): GcPlan {
  const needed = new Set(
    manifests.flatMap(({ manifest }) =>
      distinctBlocks(entriesOf(manifest)).map(({ id }) => hexOf(id)),
    ),
  );
  const mayGo = ({ id, modified }: StoredObject) =>
    !needed.has(id) && now.getTime() - modified.getTime() > YOUNGEST;
  const remove = objects.filter(mayGo).map(({ name }) => name);
  return { keep: objects.length - remove.length, remove };
}

/** Removes what a plan says. */
export async function sweep(store: SweepableStore, { remove }: GcPlan): Promise<void> {
  await mapConcurrently(remove, AT_ONCE, (name) => store.remove(name));
}
