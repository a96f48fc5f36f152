import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flists } from '../../config/flists-schema.ts';
import { confStores } from '../../flist/store/conf-stores.ts';
import { requireRfsConf } from '../../flist/store/rfs-conf.ts';
import { parseRoute, type Route } from '../../flist/store/route.ts';
import { LockstepError } from '../../system/error.ts';
import { readPassword } from '../../system/secret.ts';

/** Where flists of a stream go and where machines read them. Holds secrets. */
export interface FlistPlaces {
  stores: Route[];
  /** What the manifests tell. */
  routes: Route[];
  /** Folder of the store for manifests; undefined: they are not put there. */
  manifests?: { store: string; folder: string };
  firmwareTag?: string;
}

interface Around {
  env: NodeJS.ProcessEnv;
  project: string;
}

/** What `flists` of the configuration says, or the rfs.conf that it names. Throws `config`, `usage`. */
export function flistPlaces(flists: Flists, around: Around): Promise<FlistPlaces> {
  return flists.conf == null ? configured(flists, around) : ofConf(flists, flists.conf, around);
}

async function configured(flists: Flists, around: Around): Promise<FlistPlaces> {
  const { store = '', write, route = store, read, manifests, firmware_tag: firmwareTag } = flists;
  const written = await withKeys(store, write, around);
  return {
    stores: [parseRoute(written)],
    routes: [parseRoute(await withKeys(route, read, around))],
    ...(manifests == null ? {} : { manifests: { store: written, folder: manifests } }),
    ...(firmwareTag == null ? {} : { firmwareTag }),
  };
}

async function ofConf(flists: Flists, file: string, around: Around): Promise<FlistPlaces> {
  const text = await readFile(join(around.project, file), 'utf8').catch((cause: Error) => {
    throw new LockstepError('config', `cannot read ${file}: ${cause.message}`, { cause });
  });
  const conf = requireRfsConf(text, { file, env: around.env });
  const { stores, routes } = confStores(conf);
  const firmwareTag = flists.firmware_tag ?? conf.FIRMWARE_TAG;
  const folder =
    flists.manifests ??
    (conf.UPLOAD_MANIFESTS === 'true' ? (conf.MANIFESTS_SUBPATH ?? 'manifests') : undefined);
  const [store] = stores;
  return {
    stores,
    routes,
    ...(store && folder != null && folder !== ''
      ? { manifests: { store: store.url, folder } }
      : {}),
    ...(firmwareTag ? { firmwareTag } : {}),
  };
}

async function withKeys(
  url: string,
  keys: Flists['write'],
  { env, project: folder }: Around,
): Promise<string> {
  if (!keys) return url;
  const source = { env, folder };
  const user = encodeURIComponent(
    await readPassword(keys.user, { ...source, what: 'name of the key of flists' }),
  );
  const password = encodeURIComponent(
    await readPassword(keys.password, { ...source, what: 'key of flists' }),
  );
  return url.replace('://', `://${user}:${password}@`);
}
