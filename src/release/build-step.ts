import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Buildah } from '../build/buildah.ts';
import { finishScript } from '../build/finish-script.ts';
import type { KmodsKey } from '../build/key.ts';
import { buildKmods, type ModuleBuild } from '../build/kmods.ts';
import { writeKmodsImage } from '../build/kmods-image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { buildScript } from '../source/build-script.ts';
import { lineSink, type RunContext } from './context.ts';
import type { Inputs, ModuleInputs } from './inputs.ts';
import { compressionOfKernel, ensureBuilderRoot, sourceFiles } from './root.ts';
import { kmodsTag } from './tags.ts';

/** Builds the modules for exactly the kernel of the inputs and stores them as a kmods image. */
export async function build(
  context: RunContext,
  buildah: Buildah,
  { inputs, kmodsKey }: { inputs: Inputs; kmodsKey: KmodsKey },
): Promise<Descriptor> {
  const folder = join(context.folder, 'build');
  const root = await ensureBuilderRoot(context, inputs);
  const modules = await Promise.all(
    inputs.modules.map((module) => moduleBuild(context, inputs, module)),
  );
  const packages = await buildKmods(
    buildah,
    { root, modules, folder, epoch: 0 },
    { onLine: lineSink(context, 'build') },
  );
  const created = context.now().toISOString();
  const image = { key: kmodsKey, architecture: inputs.base.architecture, created, packages };
  const descriptor = await writeKmodsImage(context.ends.kmods, image, {
    scratch: context.folders.scratch,
    compression: context.stream.publish.compression,
  });
  for (const module of kmodsKey.modules) {
    await context.ends.kmods.tag(kmodsTag(module, kmodsKey.kernel.release), descriptor);
  }
  await rm(root, { force: true });
  return descriptor;
}

async function moduleBuild(
  context: RunContext,
  inputs: Inputs,
  module: ModuleInputs,
): Promise<ModuleBuild> {
  const { kernelRelease, kernelPackage, architecture } = inputs.base;
  return {
    name: module.name,
    sources: await sourceFiles(context, module),
    buildScript: buildScript(module, { kernelRelease, jobs: availableParallelism() }),
    finishScript: finishScript({
      kernelRelease,
      kernelPackage,
      module,
      architecture,
      compression: await compressionOfKernel(context, inputs),
    }),
  };
}
