import { LockstepError } from '../system/error.ts';
import { passes } from '../system/finding.ts';
import type { LoadedManifest } from './manifest/load.ts';
import { checkRoutes } from './manifest/route-rules.ts';
import { writeManifest } from './manifest/write.ts';
import { formatRoute, type Route } from './store/route.ts';

/** The same flist with other routes; the blocks stay where they are. Throws `usage` for a gap. */
export async function patchStores(
  { manifest }: LoadedManifest,
  routes: readonly Route[],
  output: string,
): Promise<void> {
  const patched = { ...manifest, routes };
  const wrong = [...checkRoutes(patched)].find((finding) => !passes([finding]));
  if (wrong)
    throw new LockstepError('usage', wrong.message, { hint: 'give stores for all of 00-ff' });
  await writeManifest(output, patched);
}

/** Sets a tag of a flist, or takes it out. Throws `usage` for one that is not there. */
export async function editTag(
  { manifest, path }: LoadedManifest,
  key: string,
  value: string | undefined,
): Promise<void> {
  const { [key]: before, ...tags } = manifest.tags;
  if (value == null && before == null)
    throw new LockstepError('usage', `${path} has no tag ${key}`);
  await writeManifest(path, {
    ...manifest,
    tags: value == null ? tags : { ...tags, [key]: value },
  });
}

/** Adds a route to a flist. */
export async function addRoute({ manifest, path }: LoadedManifest, route: Route): Promise<void> {
  await writeManifest(path, { ...manifest, routes: [...manifest.routes, route] });
}

/** Takes a route out, named as it is written. Throws `usage` for one that is not there. */
export async function deleteRoute({ manifest, path }: LoadedManifest, route: Route): Promise<void> {
  const name = formatRoute(route);
  const routes = manifest.routes.filter((one) => formatRoute(one) !== name);
  if (routes.length === manifest.routes.length)
    throw new LockstepError('usage', `${path} has no such route`, {
      hint: 'name it as it is written: xx-yy=URL',
    });
  await writeManifest(path, { ...manifest, routes });
}
