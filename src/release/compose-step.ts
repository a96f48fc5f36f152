import { join } from 'node:path';
import type { Buildah } from '../build/buildah.ts';
import { composeImage } from '../build/compose.ts';
import type { KmodsKey } from '../build/key.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { IMAGE_ANNOTATION } from './annotations.ts';
import { lineSink, type RunContext, recipeSource } from './context.ts';
import { baseDigest, type Inputs, inputsDigest } from './inputs.ts';
import { ensureBase, packagesOf, recipeOf } from './recipe.ts';
import { baseTag, candidateTag, kmodsTag } from './tags.ts';

/** Composes the OS image and names it the candidate. */
export async function compose(
  context: RunContext,
  buildah: Buildah,
  { inputs, kmodsKey, kmods }: { inputs: Inputs; kmodsKey: KmodsKey; kmods: Descriptor },
): Promise<Descriptor> {
  const { stream, project } = context;
  const base = await ensureBase(context, inputs);
  const named = namesOf(inputs, kmodsKey, kmods);
  const from = sources(context, inputs, kmodsKey);
  const packages = await packagesOf(context, buildah, inputs);
  const created = context.now().toISOString();
  const descriptor = await composeImage(
    buildah,
    context.ends.image,
    {
      containerfile: recipeOf(stream, inputs, { from, labels: named }),
      folder: join(context.folder, 'compose'),
      packages,
      layouts: [from.base.layout, from.kmods.layout].filter((layout) => layout != null),
      certificate: certificateOf(inputs),
      overlay: stream.image.overlay && join(project, stream.image.overlay),
      base,
      architecture: inputs.base.architecture,
      compression: stream.publish.compression,
      created,
      labels: named,
      annotations: { ...named, [IMAGE_ANNOTATION.created]: created },
    },
    lineSink(context, 'compose'),
  );
  await context.ends.image.tag(candidateTag(inputs.keys.image, inputs.base.osVersion), descriptor);
  return descriptor;
}

function sources(context: RunContext, inputs: Inputs, key: KmodsKey) {
  const { image, kmods } = context.stream.publish;
  const tag = baseTag(baseDigest(inputs), inputs.base.osVersion);
  return {
    base: recipeSource(context, { repository: image, tag, link: 'base' }),
    kmods: recipeSource(context, { repository: kmods, tag: firstTag(key), link: 'kmods' }),
  };
}

function certificateOf(inputs: Inputs): Uint8Array | undefined {
  const signing = inputs.family === 'rpm' ? inputs.signing : undefined;
  return signing && Buffer.from(signing.certificate, 'base64');
}

function firstTag(key: KmodsKey): string {
  const [first] = key.modules;
  return kmodsTag(first ?? { name: '', version: '' }, key.kernel.release);
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
function namesOf(inputs: Inputs, key: KmodsKey, kmods: Descriptor): Record<string, string> {
  const modules = key.modules.map(({ name, version }) => [IMAGE_ANNOTATION.module(name), version]);
  return {
    [IMAGE_ANNOTATION.kernel]: inputs.base.kernelRelease,
    [IMAGE_ANNOTATION.ostreeKernel]: inputs.base.kernelRelease,
    ...baseNames(inputs),
    ...Object.fromEntries(modules),
    [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs),
    [IMAGE_ANNOTATION.key]: inputs.keys.image,
    [IMAGE_ANNOTATION.kmods]: kmods.digest,
  };
}
