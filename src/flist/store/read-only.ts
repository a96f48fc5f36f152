import { randomBytes } from 'node:crypto';
import { LockstepError } from '../../system/error.ts';
import { storeAddress } from './address.ts';
import { baseOf, keysOf } from './network.ts';
import { askStore, failed, type StoreConnection } from './request.ts';
import type { Route } from './route.ts';

/**
 * Tries to write with the keys that machines read with: everybody who has the manifest has them.
 * Throws `config` when the store takes it, `registry` when it does not clearly refuse. Routes
 * without keys are passed over.
 */
export async function requireReadOnly(
  routes: readonly Route[],
  connection: StoreConnection,
): Promise<void> {
  for (const { url } of routes) {
    const address = storeAddress(url);
    const keys = 'problem' in address ? undefined : keysOf(address);
    if ('problem' in address || !keys) continue;
    const place = new URL(`${baseOf(address)}/write-probe-${randomBytes(8).toString('hex')}`);
    const body = Buffer.from('written by lockstep to find out whether this key can write\n');
    const { status } = await askStore(connection, { method: 'PUT', url: place, body, keys });
    if (status === 401 || status === 403) continue;
    if (status >= 300) throw failed(status, place);
    await askStore(connection, { method: 'DELETE', url: place, keys });
    throw new LockstepError(
      'config',
      `the key that machines read ${address.shown} with can write`,
      {
        hint: 'everybody who has the flist has this key: give it one that may only get objects',
      },
    );
  }
}
