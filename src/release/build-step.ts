import type { Buildah } from '../build/buildah.ts';
import type { KmodsKey } from '../build/key.ts';
import { writeKmodsImage } from '../build/kmods-image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { RunContext } from './context.ts';
import { buildDebs } from './debian/build.ts';
import type { Inputs } from './inputs.ts';
import { nameKmods } from './kmods-store.ts';
import { buildRpms } from './rpm/build.ts';

/** Builds the modules for exactly the kernel of the inputs and stores them as a kmods image. */
export async function build(
  context: RunContext,
  buildah: Buildah,
  { inputs, kmodsKey }: { inputs: Inputs; kmodsKey: KmodsKey },
): Promise<Descriptor> {
  const packages = await (inputs.family === 'debian'
    ? buildDebs(context, buildah, inputs)
    : buildRpms(context, buildah, inputs));
  const created = context.now().toISOString();
  const image = { key: kmodsKey, architecture: inputs.base.architecture, created, packages };
  const descriptor = await writeKmodsImage(context.ends.kmods, image, {
    scratch: context.folders.scratch,
    compression: context.stream.publish.compression,
  });
  await nameKmods(context.ends.kmods, kmodsKey, descriptor);
  return descriptor;
}
