import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { RunContext } from '../context/run-context.ts';
import { blobOf, type PoolFile } from './files.ts';

const CONCURRENCY = 6;

/**
 * Fills the pool from what earlier runs have archived (`publish.archive_inputs`), and gives the
 * files that are still missing: those are upstream's. Contents are checked on the way.
 */
export async function bringBack(
  context: RunContext,
  files: readonly PoolFile[],
): Promise<PoolFile[]> {
  const missing = await absentFrom(files);
  if (!context.stream.publish.archive_inputs || missing.length === 0) return missing;
  // A branch finds there what main has archived.
  const { image, stable } = context.ends;
  await mapConcurrently(missing, CONCURRENCY, (file) => fetchBlob([image, stable], file));
  return absentFrom(missing);
}

/** The files that the pool does not have whole. */
export async function absentFrom(files: readonly PoolFile[]): Promise<PoolFile[]> {
  const sizes = await mapConcurrently(files, 32, ({ path }) =>
    stat(path).then(
      ({ size }) => size,
      () => -1,
    ),
  );
  return files.filter(({ size }, at) => sizes[at] !== size);
}

async function fetchBlob(holders: readonly Reader[], file: PoolFile): Promise<void> {
  const blob = blobOf(file);
  const repository = await firstWith(holders, blob);
  if (repository) await intoPool(file, repository.read(blob));
}

/** Writes a file of the pool, which appears there whole or not at all. */
export async function intoPool(
  file: PoolFile,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const folder = join(dirname(file.path), 'partial');
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `${file.sha256}.${process.pid}.new`);
  try {
    await pipeline(content, createWriteStream(partial));
    await rename(partial, file.path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function firstWith(
  holders: readonly Reader[],
  blob: Descriptor,
): Promise<Reader | undefined> {
  for (const holder of holders) if (await holder.has(blob)) return holder;
  return undefined;
}
