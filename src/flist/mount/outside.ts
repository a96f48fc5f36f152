import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { storeAddress } from '../store/address.ts';
import type { Route } from '../store/route.ts';

/**
 * Throws `usage` for a cache or store below the place of a mount: the server would ask itself for
 * what it reads, and nobody who reads could be killed any more.
 */
export async function requireOutside(
  target: string,
  { cache, routes }: { cache: string; routes: readonly Route[] },
): Promise<void> {
  const place = await real(target);
  const stores = routes.map(({ url }) => storeAddress(url)).flatMap(folderOf);
  for (const [what, folder] of [['cache', cache], ...stores] as const) {
    if (!`${await real(folder)}/`.startsWith(place === '/' ? '/' : `${place}/`)) continue;
    throw new LockstepError(
      'usage',
      `the ${what} ${folder} lies in ${target}, where the mount would hide it`,
      {
        context: { path: folder },
        hint: what === 'cache' ? 'name another cache: -c FOLDER' : 'mount in another place',
      },
    );
  }
}

function folderOf(address: ReturnType<typeof storeAddress>): ['store', string][] {
  return 'problem' in address || address.scheme !== 'dir' ? [] : [['store', address.path]];
}

/** Without links, also for what is not there yet. */
async function real(path: string): Promise<string> {
  return realpath(path).catch(async () =>
    dirname(path) === path ? path : join(await real(dirname(path)), basename(path)),
  );
}
