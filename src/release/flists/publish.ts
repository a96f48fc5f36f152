import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openNamedObjects } from '../../flist/store/objects.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import type { Registry } from '../../oci/repository.ts';
import { promoteArtifacts } from '../promotion/promote.ts';
import type { Promoted } from '../promotion/step.ts';
import type { TurnOptions } from '../promotion/turn.ts';
import { readFlist } from './artifact.ts';
import { handOut } from './hand-out.ts';
import { type FlistRequest, type MadeFlist, type MakeOptions, makeFlists } from './make.ts';
import { type FlistContent, flistTag } from './names.ts';
import type { FlistPlaces } from './places.ts';
import { flistKeeper, promotedFlists, storeFlist } from './stored.ts';

export interface PublishOptions extends MakeOptions {
  /** Not ended by a signal: what moves together must not be torn apart. */
  registry: Registry;
  /** Name of the repository of the flists. */
  repository: string;
  /** Unique name of this promotion. */
  id: string;
  project: string;
  now: TurnOptions['now'];
  /** Signs what is put into the store. */
  key?: KeyObject;
}

/** What was published. */
export interface Published {
  flists: MadeFlist[];
  promotion: Promoted;
  /** Names in the store that were written. */
  written: string[];
}

/**
 * Packs, proves and stores the flists of one kernel, moves their tags together, and then puts the
 * manifests where machines fetch them. Killed anywhere, the next call goes on.
 */
export async function publishFlists(
  request: FlistRequest,
  options: PublishOptions,
): Promise<Published> {
  const { registry, repository: name, id, now, places, signal } = options;
  const flists = await makeFlists(request, options);
  const repository = registry.repository(name);
  const stored = [];
  for (const made of flists)
    stored.push(await storeFlist(repository, made, { ...options, routes: places.routes }));
  const { plan } = await promoteArtifacts(
    { id, artifacts: promotedFlists(name, stored, id) },
    { registry, mayPromote: flistKeeper(stored), now, ...(signal && { signal }) },
  );
  const contents = flists.map(({ content }) => content);
  return { flists, promotion: plan, written: await handOutFollowed(contents, options) };
}

/** The same without a registry: packs, proves, and puts the manifests where machines fetch them. */
export async function publishToStore(
  request: FlistRequest,
  options: MakeOptions & Pick<PublishOptions, 'key'>,
): Promise<Pick<Published, 'flists' | 'written'>> {
  const flists = await makeFlists(request, options);
  const { manifests } = options.places;
  if (!manifests) return { flists, written: [] };
  const handedOut = flists.map(async ({ content, file }) => ({
    content,
    bytes: await readFile(file),
  }));
  const objects = openNamedObjects(manifests.store, options);
  return {
    flists,
    written: await handOut(await Promise.all(handedOut), objects, {
      ...options,
      folder: manifests.folder,
    }),
  };
}

/**
 * Puts the manifests that hosts follow now into the store that `places` names, if it names one:
 * what the registry says is what machines get. Returns the names that were written.
 */
export async function handOutFollowed(
  contents: readonly FlistContent[],
  {
    registry,
    repository,
    places: { manifests },
    key,
    ...connection
  }: Pick<PublishOptions, 'registry' | 'repository' | 'key'> &
    StoreConnection & { places: FlistPlaces },
): Promise<string[]> {
  if (!manifests) return [];
  const reader = registry.repository(repository);
  const flists = [];
  for (const content of contents) {
    const { bytes } = await readFlist(reader, flistTag(content));
    flists.push({ content, bytes });
  }
  const objects = openNamedObjects(manifests.store, connection);
  return handOut(flists, objects, { folder: manifests.folder, ...(key && { key }) });
}
