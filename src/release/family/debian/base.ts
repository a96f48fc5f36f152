import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readLayers, writeImage } from '../../../container/image.ts';
import { type StoredLayer, writeLayer } from '../../../container/layer.ts';
import { asImage } from '../../../oci/artifact.ts';
import { copy } from '../../../oci/copy.ts';
import type { Descriptor } from '../../../oci/descriptor.ts';
import { readManifest } from '../../../oci/manifest.ts';
import type { Reader } from '../../../oci/repository.ts';
import type { Digest } from '../../../system/digest.ts';
import { countedBytes } from '../../../system/progress.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { DebianInputs } from '../../inputs/inputs.ts';
import { baseTag } from '../../record/tags.ts';
import { makePinnedRoot } from './root.ts';

/** Annotation of a base image: digest of the packages that it is made of. */
const PACKAGES = 'dev.lockstep.packages';

/** The base of an OS image, with the layers that it shares. */
export interface StoredBase {
  digest: Digest;
  layers: StoredLayer[];
}

/**
 * The stored base of an OS image, made of exactly the pinned packages when it is not there yet;
 * on another channel than main that of main is taken over.
 */
export async function ensureDebianBase(
  context: RunContext,
  inputs: DebianInputs,
): Promise<StoredBase> {
  const { base } = inputs;
  const repository = context.ends.image;
  const tag = baseTag(base.packages.digest, base.osVersion);
  for (const where of [repository, context.ends.stable]) {
    const stored = await findBase(where, tag, base.packages.digest);
    if (!stored) continue;
    if (where !== repository) await copy(where, repository, stored, { tags: [tag] });
    return { digest: stored.digest, layers: await readLayers(repository, stored) };
  }
  const root = join(context.folders.scratch, 'base.tar');
  await makePinnedRoot(context, base.packages, { output: root, initramfs: true, step: 'compose' });
  const { size: total } = await stat(root);
  const say = lineSink(context, 'compose');
  const content = countedBytes(createReadStream(root), { total, say, what: 'packing the root' });
  const layer = await writeLayer(repository, content, {
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
  return { digest: descriptor.digest, layers: [layer] };
}

async function findBase(
  repository: Reader,
  tag: string,
  packages: Digest,
): Promise<Descriptor | undefined> {
  const descriptor = await repository.resolve(tag);
  if (!descriptor) return undefined;
  const { manifest } = asImage(await readManifest(repository, descriptor));
  return manifest.annotations?.[PACKAGES] === packages ? descriptor : undefined;
}
