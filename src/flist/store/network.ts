import type { StoreAddress } from './address.ts';
import {
  askStore,
  failed,
  type StoreAnswer,
  type StoreConnection,
  type StoreKeys,
} from './request.ts';
import { type BlockReader, objectNames } from './store.ts';

/**
 * A store behind HTTP. Both names of a block are tried, the second also after 403: that is what S3
 * answers for an object that is not there to a key that may not list. A store that has given
 * another block to the same key means that, and not that it refuses the key. The name by which it
 * had the last block is tried first.
 */
export function openWebStore(address: StoreAddress, connection: StoreConnection): BlockReader {
  const url = (name: string) => new URL(`${baseOf(address)}/${name}`);
  const keys = keysOf(address);
  let hasGiven = false;
  let names = inOrder(address);
  const ask = async (id: string, method: 'GET' | 'HEAD'): Promise<StoreAnswer | undefined> => {
    const refused: Error[] = [];
    for (const nameOf of names) {
      const name = nameOf(id);
      const answer = await askStore(connection, { method, url: url(name), keys });
      if (answer.status === 200) {
        hasGiven = true;
        names = [nameOf, ...NAMES.filter((other) => other !== nameOf)];
        return answer;
      }
      const isAbsent = answer.status === 404 || (answer.status === 403 && hasGiven);
      if (!isAbsent) refused.push(failed(answer.status, url(name)));
    }
    if (refused.length === 2 && refused[0]) throw refused[0];
    return undefined;
  };
  return {
    name: address.shown,
    get: async (id) => (await ask(id, 'GET'))?.body,
    holds: async (id) => (await ask(id, 'HEAD')) != null,
  };
}

const NAMES = [0, 1].map((at) => (id: string) => objectNames(id)[at] ?? id);

/** Where rfs looks first: in folders over plain HTTP, flat in buckets. */
function inOrder({ scheme }: StoreAddress): typeof NAMES {
  return scheme === 'http' || scheme === 'https' ? NAMES : NAMES.toReversed();
}

/** The address of a store without its objects. */
export function baseOf({ scheme, host, port, path }: StoreAddress): string {
  const secure = scheme === 's3s' || scheme === 'https';
  const place = port == null ? host : `${host}:${port}`;
  return `${secure ? 'https' : 'http'}://${place}${path === '/' ? '' : path}`;
}

/** What signs requests to a store; undefined when nobody is named. */
export function keysOf({ user, password, region }: StoreAddress): StoreKeys | undefined {
  if (user == null || password == null) return undefined;
  return { user, password, region: region ?? '' };
}
