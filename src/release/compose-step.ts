import { join } from 'node:path';
import type { Buildah } from '../build/buildah.ts';
import { composeImage } from '../build/compose.ts';
import type { KmodsKey } from '../build/key.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { IMAGE_ANNOTATION } from './annotations.ts';
import { lineSink, type RunContext, recipeSource } from './context.ts';
import { baseDigest, type Inputs, inputsDigest } from './inputs.ts';
import { ensureBase, packagesOf, recipeOf } from './recipe.ts';
import { baseTag, candidateTag, kmodsKeyTag } from './tags.ts';

/** Composes the OS image and names it the candidate. */
export async function compose(
  context: RunContext,
  buildah: Buildah,
  { inputs, kmodsKey, kmods }: { inputs: Inputs; kmodsKey: KmodsKey; kmods: Descriptor },
): Promise<Descriptor> {
  const { stream, project } = context;
  const base = await ensureBase(context, inputs);
  // By its key: streams that share the repository may move its other names meanwhile.
  await context.ends.kmods.tag(kmodsKeyTag(inputs.keys.kmods), kmods);
  const { containerfile, from, labels } = recipeFor(context, { inputs, kmodsKey, kmods });
  const packages = await packagesOf(context, buildah, inputs);
  const created = context.now().toISOString();
  const descriptor = await composeImage(
    buildah,
    context.ends.image,
    {
      containerfile,
      folder: join(context.folder, 'compose'),
      packages,
      layouts: [from.base.layout, from.kmods.layout].filter((layout) => layout != null),
      certificate: certificateOf(inputs),
      overlay: stream.image.overlay && join(project, stream.image.overlay),
      base,
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

/** The recipe that a run composes by, with what it refers to; a kmods image may be yet to be built. */
export function recipeFor(
  context: RunContext,
  { inputs, kmodsKey, kmods }: { inputs: Inputs; kmodsKey: KmodsKey; kmods?: Descriptor },
) {
  const from = sources(context, inputs, kmods);
  const labels = namesOf(inputs, kmodsKey, kmods);
  return { from, labels, containerfile: recipeOf(context.stream, inputs, { from, labels }) };
}

function sources(context: RunContext, inputs: Inputs, built?: Descriptor) {
  const { image, kmods } = context.stream.publish;
  const tag = baseTag(baseDigest(inputs), inputs.base.osVersion);
  const keyTag = kmodsKeyTag(inputs.keys.kmods);
  return {
    base: recipeSource(context, {
      repository: image,
      tag,
      digest: inputs.family === 'rpm' ? inputs.base.digest : undefined,
      link: 'base',
    }),
    kmods: recipeSource(context, {
      repository: kmods,
      tag: keyTag,
      digest: built?.digest,
      link: 'kmods',
    }),
  };
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
function namesOf(inputs: Inputs, key: KmodsKey, kmods?: Descriptor): Record<string, string> {
  const modules = key.modules.map(({ name, version }) => [IMAGE_ANNOTATION.module(name), version]);
  return {
    [IMAGE_ANNOTATION.kernel]: inputs.base.kernelRelease,
    [IMAGE_ANNOTATION.ostreeKernel]: inputs.base.kernelRelease,
    ...baseNames(inputs),
    ...Object.fromEntries(modules),
    [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs),
    [IMAGE_ANNOTATION.key]: inputs.keys.image,
    ...(kmods && { [IMAGE_ANNOTATION.kmods]: kmods.digest }),
  };
}
