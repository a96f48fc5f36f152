import { debianContainerfile } from '../../compose/containerfile.ts';
import { rpmContainerfile } from '../../compose/rpm-containerfile.ts';
import type { Stream } from '../../config/schema.ts';
import type { Buildah } from '../../container/buildah.ts';
import { certificatePath } from '../../kmods/rpm/signing-key.ts';
import type { Digest } from '../../system/digest.ts';
import type { RecipeSource, RunContext } from '../context/run-context.ts';
import { ensureDebianBase, type StoredBase } from '../family/debian/base.ts';
import { packageFiles } from '../family/debian/root.ts';
import { ensureImageBase } from '../family/rpm/base.ts';
import { rpmFiles } from '../family/rpm/fetch.ts';
import { baseDigest, type Inputs } from '../inputs/inputs.ts';
import { baseTag } from '../record/tags.ts';

/** What the recipe of an OS image is written from. */
export interface RecipeRequest {
  /** The stored base, and the kmods image of each kernel, oldest first. */
  from: { base: RecipeSource; kmods: readonly (RecipeSource & { kernel: string })[] };
  labels: Record<string, string>;
  /** Modules that are loaded at boot. */
  load: readonly string[];
}

/** The stored base of an OS image, put there when it is not yet. */
export function ensureBase(context: RunContext, inputs: Inputs): Promise<StoredBase> {
  return inputs.family === 'debian'
    ? ensureDebianBase(context, inputs)
    : ensureImageBase(context, inputs);
}

/** The digest of the stored base; undefined while it is not there. */
export async function baseStored(
  { ends }: RunContext,
  inputs: Inputs,
): Promise<Digest | undefined> {
  if (inputs.family === 'rpm') return inputs.base.digest;
  return (await ends.image.resolve(baseTag(baseDigest(inputs), inputs.base.osVersion)))?.digest;
}

/** The files of the packages that the image gets on top of its base. */
export function packagesOf(
  context: RunContext,
  buildah: Buildah,
  inputs: Inputs,
): Promise<{ name: string; path: string }[]> {
  return inputs.family === 'debian'
    ? packageFiles(context, inputs.image.packages, 'compose')
    : rpmFiles(context, buildah, { set: inputs.image.packages, image: inputs.base });
}

/** The recipe of an OS image. */
export function recipeOf(
  { image }: Pick<Stream, 'image'>,
  inputs: Inputs,
  { from, labels, load }: RecipeRequest,
): string {
  const shared = {
    base: from.base.reference,
    kmods: from.kmods.map(({ kernel, reference }) => ({ kernel, reference })),
    load,
    enable: image.enable,
    has: { packages: inputs.image.packages.packages.length > 0, overlay: image.overlay != null },
    labels,
  };
  if (inputs.family === 'debian') return debianContainerfile(shared);
  const { removed, installer } = inputs.base;
  const certificate = inputs.signing && `/${certificatePath(inputs.signing.name)}`;
  return rpmContainerfile({
    ...shared,
    remove: removed,
    installer,
    ...(certificate && { certificate }),
  });
}
