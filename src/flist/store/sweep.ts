import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrently } from '../../system/concurrency.ts';
import { LockstepError } from '../../system/error.ts';
import { type StoreAddress, storeAddress } from './address.ts';
import { listBucket, removeObject } from './bucket.ts';
import type { StoreConnection } from './request.ts';
import { idOfObject, type StoredObject, type SweepableStore } from './store.ts';

/** Opens a store whose objects are to be listed and removed: a folder or a bucket. Throws `usage`. */
export function openSweepable(url: string, connection: StoreConnection): SweepableStore {
  const address = storeAddress(url);
  if ('problem' in address) throw new LockstepError('usage', address.problem);
  if (address.scheme === 'dir') return sweepableFolder(address);
  if (address.scheme === 's3' || address.scheme === 's3s') {
    return {
      name: address.shown,
      list: () => listBucket(address, connection),
      remove: (name) => removeObject(address, name, connection),
    };
  }
  throw new LockstepError('usage', `nothing can be removed from ${address.shown}`);
}

function sweepableFolder({ path: root, shown }: StoreAddress): SweepableStore {
  return {
    name: shown,
    list: async () => {
      const all = await readdir(root, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
        throw new LockstepError('not-found', `there is no store ${shown}`, { cause });
      });
      const found = await mapConcurrently(all, 16, (name) => objectAt(root, name));
      return found.filter((object) => object != null);
    },
    remove: (name) => rm(join(root, name), { force: true }),
  };
}

async function objectAt(root: string, name: string): Promise<StoredObject | undefined> {
  const id = idOfObject(name);
  const stats = id == null ? undefined : await stat(join(root, name));
  return id != null && stats?.isFile() ? { name, id, modified: stats.mtime } : undefined;
}
