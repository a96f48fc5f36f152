import type { StoreAddress } from './address.ts';
import { listedBlocks } from './listed.ts';
import { baseOf, keysOf, openWebStore } from './network.ts';
import { askStore, failed, type StoreConnection } from './request.ts';
import { type BlockStore, type Layout, writtenNames } from './store.ts';

/** A bucket that is written too; rfs writes objects under their ids, without folders. */
export function openS3Store(
  address: StoreAddress,
  connection: StoreConnection,
  { layout = 'flat', expected = 0 }: { layout?: Layout; expected?: number } = {},
): BlockStore {
  const reader = openWebStore(address, connection);
  const url = (name: string) => new URL(`${baseOf(address)}/${name}`);
  const keys = keysOf(address);
  let listed: ReturnType<typeof listedBlocks> | undefined;
  return {
    ...reader,
    has: async (id, size) => {
      const known = await (listed ??= listedBlocks(address, expected, connection));
      for (const name of writtenNames(id, layout)) {
        if (known && !known.has(name)) return false;
        const answer = await askStore(connection, { method: 'HEAD', url: url(name), keys });
        if (answer.status !== 200 || (size != null && answer.size !== size)) return false;
      }
      return true;
    },
    put: async (id, stored) => {
      for (const name of writtenNames(id, layout)) {
        const place = url(name);
        const { status } = await askStore(connection, {
          method: 'PUT',
          url: place,
          body: stored,
          keys,
        });
        if (status !== 200 && status !== 201 && status !== 204) throw failed(status, place);
      }
    },
  };
}
