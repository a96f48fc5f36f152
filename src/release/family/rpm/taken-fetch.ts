import { type ImageTree, openImageTree } from '../../../oci/tree/tree.ts';
import { digestOf } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { repositoryOf } from '../../context/repository.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { TakenModule } from '../../inputs/modules.ts';
import { absentFrom, intoPool } from '../../kept/fetch.ts';
import { blobOf, type PoolFile } from '../../kept/files.ts';
import { type PinnedImage } from './pulled.ts';

/**
 * Fetches pinned packages out of their images into the pool, by range where it can; what is not as
 * it was pinned is not taken. Throws `not-found` when image or package is gone.
 */
export async function fetchTaken(
  context: RunContext,
  { images, files }: TakenModule,
  missing: readonly PoolFile[],
): Promise<void> {
  for (const image of images) {
    const wanted = new Map(
      files.flatMap(({ path, sha256, kernel }) => {
        const file = missing.find((one) => one.sha256 === sha256);
        return file && kernel === image.kernel ? [[path, file] as const] : [];
      }),
    );
    if (wanted.size > 0) await fetchFrom(context, image, wanted);
  }
}

/** Takes files by their path in the image. */
async function fetchFrom(
  context: RunContext,
  image: TakenModule['images'][number],
  wanted: ReadonlyMap<string, PoolFile>,
): Promise<void> {
  const tree = await openTaken(context, image, (path) => wanted.has(path));
  for await (const { path, content } of tree.readMany(new Set(wanted.keys()))) {
    const file = wanted.get(path);
    if (file && digestOf(content) === blobOf(file).digest) await intoPool(file, [content]);
  }
  const [lost] = await absentFrom([...wanted.values()]);
  if (lost) throw gone(`${image.reference} no longer has ${lost.name} as it was pinned`);
}

async function openTaken(
  context: RunContext,
  { reference, digest }: PinnedImage,
  keep: (path: string) => boolean,
): Promise<ImageTree> {
  const repository = repositoryOf(context, reference);
  try {
    return await openImageTree(repository, digest, { contents: 'toc', keep });
  } catch (error) {
    const isGone = error instanceof LockstepError && error.code === 'not-found';
    throw isGone ? gone(`${reference} no longer has the image ${digest}`, error) : error;
  }
}

function gone(message: string, cause?: unknown): LockstepError {
  return new LockstepError('not-found', message, {
    hint: 'resolve anew without --replay; publish.archive_inputs keeps such files with the image',
    cause,
  });
}
