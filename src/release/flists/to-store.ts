import { readFile } from 'node:fs/promises';
import { openNamedObjects } from '../../flist/store/objects.ts';
import type { FollowedOptions } from './followed.ts';
import { handOut } from './hand-out.ts';
import { type FlistRequest, type MadeFlist, type MakeOptions, makeFlists } from './make.ts';

/** Publishes without a registry: packs, proves, and puts the manifests where machines fetch them. */
export async function publishToStore(
  request: FlistRequest,
  options: MakeOptions & Pick<FollowedOptions, 'key'>,
): Promise<{ flists: MadeFlist[]; written: string[] }> {
  const flists = await makeFlists(request, options);
  const { manifests } = options.places;
  if (!manifests) return { flists, written: [] };
  const handedOut = flists.map(async ({ content, file }) => ({
    content,
    bytes: await readFile(file),
  }));
  const objects = openNamedObjects(manifests.store, options);
  const { folder } = manifests;
  return {
    flists,
    written: await handOut(await Promise.all(handedOut), objects, { ...options, folder }),
  };
}
