import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { archivePath } from '../../file/path.ts';
import { LockstepError } from '../../system/error.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { STORED_LIMIT } from '../block/codec.ts';
import { type StoreAddress, storeAddress } from './address.ts';
import { listObjects, type NamedObject, removeObject } from './bucket.ts';
import { baseOf, keysOf } from './network.ts';
import { askStore, failed, type StoreConnection } from './request.ts';

/** What lies in a store under names of its own, beside the blocks: manifests and what vouches for them. */
export interface NamedObjects {
  /** How messages name it, without secrets. */
  readonly name: string;
  /**
   * Undefined when there is none; throws when it cannot be asked, or has more bytes than `limit`
   * (default: those of a block).
   */
  get(path: string, limit?: number): Promise<Uint8Array | undefined>;
  /** Whoever reads it finds it whole, or what was there before. */
  put(path: string, content: Uint8Array): Promise<void>;
  /** Everything in a folder and below it, by its path; throws when the list may not be whole. */
  list(folder: string): Promise<NamedObject[]>;
  /** What is not there is gone already. */
  remove(path: string): Promise<void>;
}

/** Opens a folder or a bucket for named objects. Throws `usage` for what cannot be written. */
export function openNamedObjects(url: string, connection: StoreConnection): NamedObjects {
  const address = storeAddress(url);
  if ('problem' in address) throw new LockstepError('usage', address.problem);
  if (address.scheme === 'dir') return inFolder(address);
  if (address.scheme === 's3' || address.scheme === 's3s') return inBucket(address, connection);
  throw new LockstepError('usage', `nothing can be written to ${address.shown}`);
}

function inFolder({ path: root, shown }: StoreAddress): NamedObjects {
  const placeOf = (path: string) => join(root, archivePath(path));
  return {
    name: shown,
    get: async (path, limit = STORED_LIMIT) => {
      const place = placeOf(path);
      const size = await stat(place).then(
        (stats) => stats.size,
        () => undefined,
      );
      if (size == null) return undefined;
      if (size > limit) throw tooLarge(place, limit);
      return readFile(place);
    },
    put: (path, content) => writeWhole(placeOf(path), content),
    list: (folder) => filesBelow(root, archivePath(folder)),
    remove: (path) => rm(placeOf(path), { force: true }),
  };
}

async function filesBelow(root: string, folder: string): Promise<NamedObject[]> {
  const found = await readdir(join(root, folder), { recursive: true }).catch(noneThere);
  const objects = found.map(async (below): Promise<NamedObject[]> => {
    const name = `${folder}/${below}`;
    const stats = await stat(join(root, name));
    return stats.isFile() ? [{ name, modified: stats.mtime }] : [];
  });
  return (await Promise.all(objects)).flat();
}

function noneThere(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function inBucket(address: StoreAddress, connection: StoreConnection): NamedObjects {
  const keys = keysOf(address);
  const urlOf = (path: string) => new URL(`${baseOf(address)}/${archivePath(path)}`);
  return {
    name: address.shown,
    get: async (path, limit) => {
      const url = urlOf(path);
      const asked = { method: 'GET', url, keys, limit } as const;
      const { status, body } = await askStore(connection, asked);
      if (status === 200) return body;
      if (status === 404) return undefined;
      throw failed(status, url);
    },
    put: async (path, content) => {
      const url = urlOf(path);
      const { status } = await askStore(connection, { method: 'PUT', url, body: content, keys });
      if (![200, 201, 204].includes(status)) throw failed(status, url);
    },
    list: (folder) => listObjects(address, `${archivePath(folder)}/`, connection),
    remove: (path) => removeObject(address, archivePath(path), connection),
  };
}

function tooLarge(place: string, limit: number): LockstepError {
  return new LockstepError('limit-exceeded', `${place} is larger than ${limit} bytes`);
}
