import { join } from 'node:path';
import { composeImage } from '../../compose/compose.ts';
import type { Buildah } from '../../container/buildah.ts';
import { takeImage } from '../../container/take-image.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import {
  lineSink,
  type RecipeSource,
  type RunContext,
  recipeSource,
} from '../context/run-context.ts';
import { baseDigest, type Inputs, inputsDigest } from '../inputs/inputs.ts';
import { type BuiltSets, modulesToLoad } from '../inputs/load.ts';
import { overlayFolder } from '../inputs/overlay.ts';
import { IMAGE_ANNOTATION, kmodsText, sourceLabel } from '../record/annotations.ts';
import { type BuiltKmods, builtSetsOf } from '../record/kmods.ts';
import { baseTag, candidateTag, kmodsKeyTag } from '../record/tags.ts';
import { hostLayer } from './host-layer.ts';
import { ensureBase, packagesOf, recipeOf } from './recipe.ts';
import { requireEnabled } from './units.ts';

/** Composes the OS image and names it the candidate. */
export async function compose(
  context: RunContext,
  buildah: Buildah,
  { inputs, kmods }: { inputs: Inputs; kmods: readonly BuiltKmods[] },
): Promise<Descriptor> {
  const { stream, project } = context;
  const sets = await builtSetsOf(context.ends.kmods, kmods);
  // What cannot be loaded is told before the base is made.
  modulesToLoad(stream.modules, sets);
  const base = await ensureBase(context, inputs);
  const parts = { inputs, kmods, sets, base: base.digest };
  const { containerfile, from, labels } = recipeFor(context, parts);
  // By its key: streams that share the repository may move its other names meanwhile.
  for (const { kernel, descriptor } of kmods) {
    await context.ends.kmods.tag(keyTagOf(inputs, kernel), descriptor);
  }
  await takeRemote(context, buildah, from);
  const packages = await packagesOf(context, buildah, inputs);
  const overlay = await overlayFolder(project, stream.image.overlay);
  await requireEnabled(context, { base: base.digest, kmods, packages, overlay });
  const created = context.now().toISOString();
  const descriptor = await composeImage(
    buildah,
    context.ends.image,
    {
      containerfile,
      folder: join(context.folder, 'compose'),
      packages,
      layouts: layoutsOf([from.base, ...from.kmods]),
      certificate: certificateOf(inputs),
      overlay,
      base: base.layers,
      ...(inputs.hosts && { top: await hostLayer(inputs.hosts) }),
      architecture: inputs.base.architecture,
      compression: stream.publish.compression,
      created,
      labels,
      annotations: { ...labels, [IMAGE_ANNOTATION.created]: created },
    },
    lineSink(context, 'compose'),
  );
  await context.ends.image.tag(candidateTag(inputs.keys.image, inputs.base.osVersion), descriptor);
  return descriptor;
}

/** Brings what a recipe names by its digest to where the container tool looks first. */
async function takeRemote(
  { ends, folders }: RunContext,
  buildah: Buildah,
  { base, kmods }: ReturnType<typeof sources>,
): Promise<void> {
  const images = [
    { ...base, reader: ends.image },
    ...kmods.map((one) => ({ ...one, reader: ends.kmods })),
  ];
  for (const { remote, reader } of images) {
    if (remote) await takeImage(buildah, { ...remote, reader }, folders.scratch);
  }
}

/** What a recipe is made of; images may be yet to be stored, and are then named by their tags. */
export interface RecipeParts {
  inputs: Inputs;
  kmods: readonly BuiltKmods[];
  /** What the kmods images hold. */
  sets: BuiltSets;
  /** Of the stored base. */
  base?: Digest | undefined;
}

/**
 * The recipe that a run composes by, with what it refers to. Throws `config` when modules are to be
 * loaded that those that are there do not hold.
 */
export function recipeFor(context: RunContext, parts: RecipeParts) {
  const { inputs, kmods } = parts;
  const load = modulesToLoad(context.stream.modules, parts.sets);
  const from = sources(context, parts);
  const labels = { ...namesOf(inputs, kmods), ...sourceLabel(context.env) };
  return { from, labels, containerfile: recipeOf(context.stream, inputs, { from, labels, load }) };
}

function sources(context: RunContext, { inputs, kmods: built, base }: Omit<RecipeParts, 'sets'>) {
  const { image, kmods } = context.stream.publish;
  const tag = baseTag(baseDigest(inputs), inputs.base.osVersion);
  return {
    base: recipeSource(context, { repository: image, tag, digest: base, link: 'base' }),
    kmods: inputs.base.kernels.map((kernel) => ({
      kernel,
      ...recipeSource(context, {
        repository: kmods,
        tag: keyTagOf(inputs, kernel),
        digest: built.find((one) => one.kernel === kernel)?.descriptor.digest,
        link: 'kmods',
      }),
    })),
  };
}

function keyTagOf({ keys }: Inputs, kernel: string): string {
  const key = keys.kmods[kernel];
  if (key) return kmodsKeyTag(key);
  throw new LockstepError('bug', `the inputs have no key of the kmods for ${kernel}`);
}

/** Each layout once, however many images are taken from it. */
function layoutsOf(sources: readonly RecipeSource[]): NonNullable<RecipeSource['layout']>[] {
  const layouts = sources.flatMap(({ layout }) => (layout ? [layout] : []));
  return [...new Map(layouts.map((layout) => [layout.name, layout])).values()];
}

function certificateOf(inputs: Inputs): Uint8Array | undefined {
  const signing = inputs.family === 'rpm' ? inputs.signing : undefined;
  return signing && Buffer.from(signing.certificate, 'base64');
}

/** An image that is made of another says of which, and has its version. */
function baseNames(inputs: Inputs): Record<string, string> {
  const { osVersion } = inputs.base;
  if (inputs.family === 'debian') return { [IMAGE_ANNOTATION.version]: osVersion };
  const { version, reference, digest } = inputs.base;
  return {
    [IMAGE_ANNOTATION.version]: version ?? osVersion,
    [IMAGE_ANNOTATION.baseName]: reference,
    [IMAGE_ANNOTATION.baseDigest]: digest,
  };
}

/** What the image says of itself, as labels for hosts and as annotations for a look from afar. */
function namesOf(inputs: Inputs, kmods: readonly BuiltKmods[]): Record<string, string> {
  const { modules, base } = inputs;
  const versions = modules.map(({ name, version }) => [IMAGE_ANNOTATION.module(name), version]);
  const isWhole = kmods.length === base.kernels.length;
  const made = kmods.map(({ kernel, descriptor: { digest } }) => ({ kernel, digest }));
  return {
    [IMAGE_ANNOTATION.kernel]: base.kernelRelease,
    [IMAGE_ANNOTATION.ostreeKernel]: base.kernelRelease,
    ...baseNames(inputs),
    ...Object.fromEntries(versions),
    [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs),
    [IMAGE_ANNOTATION.key]: inputs.keys.image,
    ...(isWhole && { [IMAGE_ANNOTATION.kmods]: kmodsText(made) }),
  };
}
