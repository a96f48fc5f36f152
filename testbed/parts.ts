import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLayers, writeImage } from '../src/container/image.ts';
import type { StoredLayer } from '../src/container/layer.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import type { Repository } from '../src/oci/repository.ts';
import type { Digest } from '../src/system/digest.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

/** Images on the way to the testbed's own, each tagged with what it is made of. */
export interface Parts {
  repository: Repository;
  /** The layout's folder. */
  path: string;
  /** Where scratch files go. */
  scratch: string;
}

/** Layers of an image, and the key that they are stored under. */
export interface Stage {
  layers: StoredLayer[];
  key: Digest;
}

/** All images are dated with the day that the testbed plays. */
export const CREATED = '2026-11-20T00:00:00.000Z';

/** Opens the store of parts in a cache. */
export async function openParts(cache: string): Promise<Parts> {
  const scratch = join(cache, 'scratch');
  await mkdir(scratch, { recursive: true });
  const path = join(cache, 'parts');
  return { repository: openLayout(path), path, scratch };
}

/** The layers that were made for this key, or made now; the last of them may be new. */
export async function remembered(
  parts: Parts,
  key: Digest,
  make: (scratch: string) => Promise<StoredLayer[]>,
): Promise<StoredLayer[]> {
  const { repository } = parts;
  const tag = tagOf(key);
  const known = await repository.resolve(tag);
  if (known) return readLayers(repository, known);
  await using folder = await temporaryFolder(parts.scratch);
  const layers = await make(folder.path);
  const image = await writeImage(repository, {
    architecture: 'amd64',
    created: CREATED,
    layers,
    history: layers.map(() => 'testbed'),
  });
  await repository.tag(tag, image);
  return layers;
}

/** The tag under which the layers of a key can be taken as an image. */
export function tagOf(key: Digest): string {
  return key.slice(7, 23);
}
