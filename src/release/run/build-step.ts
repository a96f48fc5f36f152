import type { Buildah } from '../../container/buildah.ts';
import { moduleSetsOf } from '../../kmods/image/built-source.ts';
import { writeKmodsImage } from '../../kmods/image/image.ts';
import type { KmodsKey } from '../../kmods/image/key.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { RunContext } from '../context/run-context.ts';
import { buildDebs } from '../family/debian/build.ts';
import { buildRpms } from '../family/rpm/build.ts';
import { recordBuiltIn } from '../family/rpm/built-in.ts';
import { wantedInBuilder } from '../family/rpm/choose.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { sourceLabel } from '../record/annotations.ts';
import { nameKmods } from '../record/kmods.ts';

/** Builds the modules for exactly the kernel of a key and stores them as a kmods image. */
export async function build(
  context: RunContext,
  buildah: Buildah,
  { inputs, key }: { inputs: Inputs; key: KmodsKey },
): Promise<Descriptor> {
  const kernel = key.kernel.release;
  const built = await (inputs.family === 'debian'
    ? buildDebs(context, buildah, inputs)
    : buildRpms(context, buildah, { inputs, kernel }));
  const created = context.now().toISOString();
  const image = {
    key,
    architecture: inputs.base.architecture,
    created,
    packages: built.flatMap(({ packages }) => packages),
    modules: moduleSetsOf(built),
    labels: sourceLabel(context.env),
  };
  const descriptor = await writeKmodsImage(context.ends.kmods, image, {
    scratch: context.folders.scratch,
    compression: context.stream.publish.compression,
  });
  if (inputs.family === 'rpm' && inputs.builder) {
    const wanted = wantedInBuilder(context.stream, inputs);
    await recordBuiltIn(context.ends.kmods, descriptor, { builder: inputs.builder, wanted });
  }
  await nameKmods(context.ends.kmods, key, descriptor);
  return descriptor;
}
