import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLayer } from '../src/container/layer.ts';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { fetchPackages } from '../src/stream/debian/apt/fetch.ts';
import type { PackageSet } from '../src/stream/debian/apt/package-set.ts';
import { makeRoot, WITHOUT_DOCUMENTATION } from '../src/stream/debian/root/root.ts';
import { ROOT_RECIPE_VERSION } from '../src/stream/debian/root/version.ts';
import { digestOfJson } from '../src/system/digest.ts';
import type { Place } from '../truth/kernels/place.ts';
import { type Parts, remembered, type Stage } from './parts.ts';

/** The root of a set of Debian packages as the first layer of an image. */
export async function rootLayer(
  archive: Archive,
  set: PackageSet,
  place: Place & { parts: Parts },
): Promise<Stage> {
  const key = digestOfJson({ root: set.digest, version: ROOT_RECIPE_VERSION });
  const layers = await remembered(place.parts, key, async (scratch) => {
    const pool = join(place.cache, 'pool');
    await fetchPackages(archive, set, { pool });
    const work = join(place.cache, 'scratch');
    await mkdir(work, { recursive: true });
    const output = join(scratch, 'root.tar');
    await makeRoot(set, {
      pool,
      output,
      work,
      sourceDateEpoch: 0,
      env: place.env,
      uid: process.getuid?.() ?? 0,
      exclude: WITHOUT_DOCUMENTATION,
      log: join(work, `root-${set.digest.slice(7, 19)}.log`),
    });
    const layer = await writeLayer(place.parts.repository, createReadStream(output), { scratch });
    await rm(output);
    return [layer];
  });
  return { layers, key };
}
