import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Buildah } from '../../build/buildah.ts';
import { buildKmods, type ModuleBuild } from '../../build/kmods.ts';
import type { KmodsPackage } from '../../build/kmods-image.ts';
import { type RpmModule, rpmBuildScript } from '../../build/rpm/build-script.ts';
import { requireKmodRpms } from '../../build/rpm/check-kmods.ts';
import { collectRpms } from '../../build/rpm/collect.ts';
import { lineSink, type RunContext } from '../context.ts';
import { kmodNameOf, type ModuleInputs, type RpmInputs } from '../inputs.ts';
import { rpmFiles } from './fetch.ts';
import { moduleFiles } from './modules.ts';
import { pulled } from './pulled.ts';
import { pinnedKey } from './signing.ts';

/** Builds the RPM packages of the modules for one kernel in the pinned builder image. */
export async function buildRpms(
  context: RunContext,
  buildah: Buildah,
  { inputs, kernel }: { inputs: RpmInputs; kernel: string },
): Promise<KmodsPackage[]> {
  const { builder } = inputs;
  const packages = await rpmFiles(context, buildah, { set: builder.packages, image: builder });
  const signing = await pinnedKey(context, inputs);
  const modules = await Promise.all(
    inputs.modules.map(async (module) => ({
      ...(await moduleBuild(context, { inputs, kernel, module })),
      ...(signing && { signing }),
    })),
  );
  const request = {
    root: { image: await pulled(context, builder), packages },
    modules,
    folder: join(context.folder, 'build', kernel),
    epoch: 0,
    collect: collectRpms,
  };
  const built = await buildKmods(buildah, request, { onLine: lineSink(context, 'build') });
  await requireKmodRpms(built, {
    kernel,
    modules: inputs.modules.map((module) => ({ name: kmodNameOf(module) })),
    ...(signing && { certificate: signing.certificate }),
  });
  return built;
}

async function moduleBuild(
  context: RunContext,
  { inputs, kernel, module }: { inputs: RpmInputs; kernel: string; module: ModuleInputs },
): Promise<ModuleBuild> {
  const { base, signing } = inputs;
  const jobs = availableParallelism();
  return {
    name: module.name,
    sources: await moduleFiles(context, module),
    scripts: [
      rpmBuildScript(recipeOf(module), {
        kernelRelease: kernel,
        jobs,
        userland: true,
        compression: base.compression,
        signing: signing != null,
      }),
    ],
  };
}

/** How a module is packed: OpenZFS by its own specs, a commit by its spec, all else by ours. */
function recipeOf(module: ModuleInputs): RpmModule {
  if (module.kind === 'git' && module.spec) {
    return { ...module, kind: 'spec', name: kmodNameOf(module), specFile: module.spec.file };
  }
  return { ...module, kind: module.kind === 'openzfs' ? 'openzfs' : 'dkms' };
}
