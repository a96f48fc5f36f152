import { LockstepError } from '../../system/error.ts';
import { type StoreAddress, storeAddress } from './address.ts';
import { openDirectoryStore } from './directory.ts';
import { openWebStore } from './network.ts';
import type { StoreConnection } from './request.ts';
import { type Route } from './route.ts';
import { openS3Store } from './s3.ts';
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
  /**
   * How many blocks will be asked for: a bucket that holds few beside them is listed first, and
   * what is not listed is stored unasked (default 0: each is asked for).
   */
  expected?: number;
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

function writer(address: StoreAddress, options: StoreOptions): BlockStore {
  if (address.scheme === 'dir') return openDirectoryStore(address.path, options.layout);
  if (address.scheme === 's3' || address.scheme === 's3s')
    return openS3Store(address, options, options);
  throw new LockstepError('usage', `nothing can be written to ${address.shown}`, {
    hint: 'blocks are written to dir:///FOLDER, s3:// or s3s://',
  });
}

function addressOf(url: string): StoreAddress {
  const found = storeAddress(url);
  if (!('problem' in found)) return found;
  throw new LockstepError('usage', found.problem);
}
