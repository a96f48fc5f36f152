import { LockstepError } from '../../system/error.ts';
import { type StoreAddress, storeAddress } from './address.ts';
import { openDirectoryStore } from './directory.ts';
import { openS3Store, openWebStore } from './network.ts';
import type { StoreConnection } from './request.ts';
import { type Route } from './route.ts';
import type { BlockReader, BlockStore, Layout } from './store.ts';

/** A store with the first bytes of the ids that it is for. */
export interface Routed<T extends BlockReader> {
  start: number;
  end: number;
  store: T;
}

export interface StoreOptions extends StoreConnection {
  /** Names that are written; by default those that rfs writes to such a store. */
  layout?: Layout;
}

/** Opens what blocks are read from. Throws `usage` for an address that names no store. */
export function openReaders(
  routes: readonly Route[],
  connection: StoreConnection,
): Routed<BlockReader>[] {
  return routes.map(({ start, end, url }) => ({
    start,
    end,
    store: reader(addressOf(url), connection),
  }));
}

/** Opens what blocks are written to. Throws `usage` for a store that cannot be written. */
export function openStores(routes: readonly Route[], options: StoreOptions): Routed<BlockStore>[] {
  return routes.map(({ start, end, url }) => ({
    start,
    end,
    store: writer(addressOf(url), options),
  }));
}

/** Those of the stores that are for an id of hex digits. */
export function storesFor<T extends BlockReader>(stores: readonly Routed<T>[], id: string): T[] {
  const first = Number.parseInt(id.slice(0, 2), 16);
  return stores
    .filter(({ start, end }) => start <= first && first <= end)
    .map(({ store }) => store);
}

function reader(address: StoreAddress, connection: StoreConnection): BlockReader {
  return address.scheme === 'dir'
    ? openDirectoryStore(address.path)
    : openWebStore(address, connection);
}

function writer(address: StoreAddress, { layout, ...connection }: StoreOptions): BlockStore {
  if (address.scheme === 'dir') return openDirectoryStore(address.path, layout);
  if (address.scheme === 's3' || address.scheme === 's3s')
    return openS3Store(address, connection, layout);
  throw new LockstepError('usage', `nothing can be written to ${address.shown}`, {
    hint: 'blocks are written to dir:///FOLDER, s3:// or s3s://',
  });
}

function addressOf(url: string): StoreAddress {
  const found = storeAddress(url);
  if (!('problem' in found)) return found;
  throw new LockstepError('usage', found.problem);
}
