import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readLayers, writeImage } from '../../build/image.ts';
import { type StoredLayer, writeLayer } from '../../build/layer.ts';
import { asImage } from '../../oci/artifact.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Digest } from '../../system/digest.ts';
import type { RunContext } from '../context.ts';
import type { DebianInputs } from '../inputs.ts';
import { baseTag } from '../tags.ts';
import { makePinnedRoot } from './root.ts';

/** Annotation of a base image: digest of the packages that it is made of. */
const PACKAGES = 'dev.lockstep.packages';

/** The stored base of an OS image, made of exactly the pinned packages when it is not there yet. */
export async function ensureDebianBase(
  context: RunContext,
  inputs: DebianInputs,
): Promise<StoredLayer[]> {
  const { base } = inputs;
  const repository = context.ends.image;
  const tag = baseTag(base.packages.digest, base.osVersion);
  const stored = await readBase(context, tag, base.packages.digest);
  if (stored) return stored;
  const root = join(context.folders.scratch, 'base.tar');
  await makePinnedRoot(context, base.packages, { output: root, initramfs: true, step: 'compose' });
  const layer = await writeLayer(repository, createReadStream(root), {
    scratch: context.folders.scratch,
    compression: context.stream.publish.compression,
  });
  await rm(root, { force: true });
  const descriptor = await writeImage(repository, {
    architecture: base.architecture,
    created: context.now().toISOString(),
    layers: [layer],
    annotations: { [PACKAGES]: base.packages.digest },
    history: [`lockstep base ${base.suite}`],
  });
  await repository.tag(tag, descriptor);
  return [layer];
}

async function readBase(
  context: RunContext,
  tag: string,
  packages: Digest,
): Promise<StoredLayer[] | undefined> {
  const repository = context.ends.image;
  const descriptor = await repository.resolve(tag);
  if (!descriptor) return undefined;
  const { manifest } = asImage(await readManifest(repository, descriptor));
  if (manifest.annotations?.[PACKAGES] !== packages) return undefined;
  return readLayers(repository, descriptor);
}
