import { SHA256_END, SIGNATURE_END } from '../../flist/manifest/signature.ts';
import { openNamedObjects } from '../../flist/store/objects.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { openSweepable } from '../../flist/store/sweep.ts';
import type { Registry } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { FlistPlaces } from '../flists/places.ts';
import type { Removal } from '../retention/removal.ts';
import { flistsBelow, flistsIn, type HandedOutFlist, type KnownFlist } from './flists.ts';
import { planBlocks } from './plan.ts';

export interface BlockOptions extends StoreConnection {
  registry: Registry;
  /** The repository of the flists. */
  repository: string;
  /** Those of all other streams: what they need stays, as they may share the store. */
  others: readonly { registry: Registry; repository: string }[];
  places: FlistPlaces;
  now: () => Date;
}

/** What goes from the stores with flists that go. */
export interface BlockPlan {
  /** Names of blocks by their store. */
  stores: { store: string; blocks: string[] }[];
  /** Paths of manifests that machines no longer get. */
  manifests: string[];
}

const AT_ONCE = 16;

/**
 * Looks which blocks are needed by flists that go and by no other: not by one of any stream, nor by
 * a manifest that lies in the store. Changes nothing; throws when one of them cannot be read.
 */
export async function proposeBlocks(
  removals: readonly Removal[],
  options: BlockOptions,
): Promise<BlockPlan> {
  const { registry, repository, others, places, now, ...connection } = options;
  const isOurs = new Set(
    removals
      .filter((removal) => removal.repository === repository)
      .map(({ descriptor }) => descriptor.digest),
  );
  const own = await flistsIn(registry, repository);
  const [going, kept] = partition([...own], ([digest]) => isOurs.has(digest));
  if (going.length === 0) return { stores: [], manifests: [] };
  const stay: KnownFlist[] = kept.map(([, flist]) => flist);
  for (const one of others) stay.push(...(await flistsIn(one.registry, one.repository)).values());
  const gone = going.map(([, flist]) => flist);
  const handedOut = await handedOutBy(options);
  const [leaving, staying] = partition(handedOut, (flist) => goesWith(flist, gone, stay));
  const needed = { going: blocksOf(gone), kept: blocksOf([...stay, ...staying]) };
  const stores = places.stores.map(async ({ url }) => {
    const store = openSweepable(url, connection);
    const found = planBlocks(await store.list(), needed, now());
    return { store: store.name, blocks: found.map(({ name }) => name) };
  });
  return { stores: await Promise.all(stores), manifests: leaving.map(({ path }) => path) };
}

/** Removes what was planned: what machines could fetch first, its blocks after it. */
export async function removeBlocks(
  { manifests, stores }: BlockPlan,
  { places, ...connection }: BlockOptions,
): Promise<void> {
  const objects = places.manifests && openNamedObjects(places.manifests.store, connection);
  for (const path of manifests)
    for (const end of ['', SHA256_END, SIGNATURE_END]) await objects?.remove(`${path}${end}`);
  for (const { url } of places.stores) {
    const store = openSweepable(url, connection);
    const own = stores.find(({ store: name }) => name === store.name);
    await mapConcurrently(own?.blocks ?? [], AT_ONCE, (name) => store.remove(name));
  }
}

async function handedOutBy({ places: { manifests }, now, ...connection }: BlockOptions) {
  if (!manifests) return [];
  const objects = openNamedObjects(manifests.store, connection);
  return flistsBelow(objects, manifests.folder, now());
}

/** A manifest goes with the flist that it is of, unless another one is the same. */
function goesWith(
  { file, isOld }: HandedOutFlist,
  gone: readonly KnownFlist[],
  stay: readonly KnownFlist[],
): boolean {
  const isIn = (flists: readonly KnownFlist[]) => flists.some((flist) => flist.file === file);
  return isOld && isIn(gone) && !isIn(stay);
}

function blocksOf(flists: readonly KnownFlist[]): Set<string> {
  return new Set(flists.flatMap(({ blocks }) => [...blocks]));
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}
