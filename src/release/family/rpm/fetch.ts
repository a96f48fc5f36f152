import type { Buildah } from '../../../container/buildah.ts';
import { chooseRpms } from '../../../container/dnf.ts';
import type { Digest } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { RpmPackages } from '../../inputs/packages.ts';
import { absentFrom, bringBack } from '../../kept/fetch.ts';
import { type PoolFile, packageFile } from '../../kept/files.ts';
import { pulled } from './pulled.ts';

export interface RpmFilesRequest {
  set: RpmPackages;
  /** The image that they were chosen for, whose repositories may still have them. */
  image: { reference: string; digest: Digest };
}

/**
 * The files of pinned packages: from the pool, else from the archive of earlier runs, else from
 * the repositories that they came from.
 * Throws `not-found` naming those that can no longer be had as they were pinned.
 */
export async function rpmFiles(
  context: RunContext,
  buildah: Buildah,
  { set, image }: RpmFilesRequest,
): Promise<{ name: string; path: string }[]> {
  const { pool, scratch } = context.folders;
  const files = set.packages.map((pinned) => packageFile(pinned, 'rpm', pool));
  const missing = await bringBack(context, files);
  if (missing.length > 0) {
    const from = await pulled(context, image);
    const wanted = new Set(missing.map(({ sha256 }) => sha256));
    const packages = set.packages
      .filter(({ sha256 }) => wanted.has(sha256))
      .map(({ name, version, architecture }) => `${name}-${version}.${architecture}`);
    const say = lineSink(context, 'resolve');
    const request = { from, packages, pool, scratch, authorities: context.env.SSL_CERT_FILE };
    await chooseRpms(buildah, request, say).catch(noneFetched);
    const gone = await absentFrom(missing);
    if (gone.length > 0) throw noLongerThere(gone, image.reference);
  }
  return files;
}

/** That they are gone is found out by looking for each; anything else is said as it is. */
function noneFetched(error: unknown): [] {
  if (error instanceof LockstepError && error.code === 'not-found') return [];
  throw error;
}

function noLongerThere(gone: readonly PoolFile[], reference: string): LockstepError {
  const names = gone.slice(0, 10).map(({ name }) => name);
  const more = gone.length > 10 ? ` and ${gone.length - 10} more` : '';
  return new LockstepError(
    'not-found',
    `the repositories of ${reference} no longer have ${names.join(', ')}${more}`,
    {
      hint: 'resolve anew without --replay; publish.archive_inputs keeps such files with the image',
    },
  );
}
