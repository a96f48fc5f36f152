import { stat } from 'node:fs/promises';
import type { Buildah } from '../../build/buildah.ts';
import { chooseRpms, pooledRpm } from '../../build/dnf.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { lineSink, type RunContext } from '../context.ts';
import type { RpmPackages } from '../inputs.ts';
import { pulled } from './pulled.ts';

type Rpm = RpmPackages['packages'][number];

export interface RpmFilesRequest {
  set: RpmPackages;
  /** The image that they were chosen for, whose repositories may still have them. */
  image: { reference: string; digest: Digest };
}

/**
 * The files of pinned packages: from the pool, else from the repositories that they came from.
 * Throws `not-found` naming those that can no longer be had as they were pinned.
 */
export async function rpmFiles(
  context: RunContext,
  buildah: Buildah,
  { set, image }: RpmFilesRequest,
): Promise<{ name: string; path: string }[]> {
  const { pool, scratch } = context.folders;
  const missing = await missingOf(pool, set.packages);
  if (missing.length > 0) {
    const from = await pulled(context, image);
    const packages = missing.map(
      ({ name, version, architecture }) => `${name}-${version}.${architecture}`,
    );
    const say = lineSink(context, 'resolve');
    await chooseRpms(buildah, { from, packages, pool, scratch }, say).catch(noneFetched);
    const gone = await missingOf(pool, set.packages);
    if (gone.length > 0) throw noLongerThere(gone, image.reference);
  }
  return set.packages.map((pinned) => ({ name: fileName(pinned), path: pooledRpm(pool, pinned) }));
}

async function missingOf(pool: string, packages: readonly Rpm[]): Promise<Rpm[]> {
  const there = packages.map((pinned) =>
    stat(pooledRpm(pool, pinned)).then(
      ({ size }) => size === pinned.size,
      () => false,
    ),
  );
  const known = await Promise.all(there);
  return packages.filter((_, at) => !known[at]);
}

/** That they are gone is found out by looking for each; anything else is said as it is. */
function noneFetched(error: unknown): [] {
  if (error instanceof LockstepError && error.code === 'not-found') return [];
  throw error;
}

function fileName({ name, version, architecture }: Rpm): string {
  return `${name}-${version.replace(/^\d+:/, '')}.${architecture}.rpm`;
}

function noLongerThere(gone: readonly Rpm[], reference: string): LockstepError {
  const names = gone.slice(0, 10).map(({ name, version }) => `${name} ${version}`);
  const more = gone.length > 10 ? ` and ${gone.length - 10} more` : '';
  return new LockstepError(
    'not-found',
    `the repositories of ${reference} no longer have ${names.join(', ')}${more}`,
    {
      hint: 'resolve anew without --replay; publish.archive_inputs keeps such files with the image',
    },
  );
}
