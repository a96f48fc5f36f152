import type { StoredObject } from '../../flist/store/store.ts';

/** Nothing younger is removed: somebody may be packing, and has no manifest yet. */
const YOUNGEST = 24 * 3600 * 1000;

/** What a flist needs of a store: the ids of its blocks. */
export type NeededBlocks = ReadonlySet<string>;

/**
 * Decides which blocks go with flists that go. Pure. Only what one of them names, no other flist
 * names, and has lain there for a day: of what nobody knows nothing is taken.
 */
export function planBlocks(
  objects: readonly StoredObject[],
  { going, kept }: { going: NeededBlocks; kept: NeededBlocks },
  now: Date,
): StoredObject[] {
  return objects.filter(
    ({ id, modified }) => going.has(id) && !kept.has(id) && isOld(modified, now),
  );
}

/** True for what may be removed by its age. */
export function isOld(modified: Date, now: Date): boolean {
  return now.getTime() - modified.getTime() > YOUNGEST;
}
