import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Buildah } from '../../../container/buildah.ts';
import { buildKmods, type ModuleBuild } from '../../../kmods/build.ts';
import { type BuiltSource, builtSource } from '../../../kmods/image/built-source.ts';
import { type RpmModule, rpmAskScript, rpmBuildScript } from '../../../kmods/rpm/build-script.ts';
import { requireKmodRpms } from '../../../kmods/rpm/check-kmods.ts';
import { collectRpms } from '../../../kmods/rpm/collect.ts';
import { takeRpms } from '../../../kmods/rpm/take-rpms.ts';
import { buildOrder } from '../../../source/build-order.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { RpmBuilder, RpmInputs } from '../../inputs/inputs.ts';
import {
  filesFor,
  isBuilt,
  kmodNameOf,
  type ModuleInputs,
  type TakenModule,
} from '../../inputs/modules.ts';
import { rpmFiles } from './fetch.ts';
import { withHeadersOf } from './headers.ts';
import { moduleFiles } from './modules.ts';
import { pulled } from './pulled.ts';
import { pinnedKey } from './signing.ts';

/** The RPM packages of the modules for one kernel: taken from images, or built in the pinned builder. */
export async function buildRpms(
  context: RunContext,
  buildah: Buildah,
  { inputs, kernel }: { inputs: RpmInputs; kernel: string },
): Promise<BuiltSource[]> {
  const built: BuiltSource[] = [];
  for (const module of inputs.modules) {
    if (!isBuilt(module)) built.push(await take(context, module, kernel));
  }
  const { builder } = inputs;
  if (builder) built.push(...(await make(context, buildah, { inputs, kernel, builder })));
  return built;
}

/** What others have built is checked as what is built here, but for the signature. */
async function take(
  context: RunContext,
  module: TakenModule,
  kernel: string,
): Promise<BuiltSource> {
  const files = await moduleFiles(context, { ...module, files: filesFor(module, kernel) });
  const folder = join(context.folder, 'build', kernel, module.name);
  const taken = await takeRpms({ files, kernel, folder });
  await requireKmodRpms(taken, { kernel, modules: [module] });
  return builtSource(module.name, taken);
}

async function make(
  context: RunContext,
  buildah: Buildah,
  { inputs, kernel, builder }: { inputs: RpmInputs; kernel: string; builder: RpmBuilder },
): Promise<BuiltSource[]> {
  const set = withHeadersOf(kernel, inputs.base.kernels, builder.packages);
  const packages = await rpmFiles(context, buildah, { set, image: builder });
  const signing = await pinnedKey(context, inputs);
  const modules = buildOrder(inputs.modules.filter(isBuilt));
  const builds = modules.map(async (module) => ({
    ...(await moduleBuild(context, { inputs, kernel, module })),
    ...(signing && { signing }),
  }));
  const request = {
    root: { image: await pulled(context, builder), packages },
    modules: await Promise.all(builds),
    kernelRelease: kernel,
    folder: join(context.folder, 'build', kernel),
    epoch: 0,
    collect: collectRpms,
  };
  const built = await buildKmods(buildah, request, { onLine: lineSink(context, 'build') });
  await requireKmodRpms(
    built.flatMap((one) => one.packages),
    {
      kernel,
      modules: modules.map((module) => ({ name: kmodNameOf(module) })),
      ...(signing && { certificate: signing.certificate }),
    },
  );
  return built;
}

async function moduleBuild(
  context: RunContext,
  { inputs, kernel, module }: { inputs: RpmInputs; kernel: string; module: ModuleInputs },
): Promise<ModuleBuild> {
  const { base, signing } = inputs;
  const target = {
    kernelRelease: kernel,
    jobs: availableParallelism(),
    userland: true,
    compression: base.compression,
    signing: signing != null,
  };
  const recipe = recipeOf(module);
  const ask = module.conf?.untold ? rpmAskScript(recipe, target) : undefined;
  return {
    name: module.name,
    sources: await moduleFiles(context, module),
    ...(ask && { ask }),
    scripts: [rpmBuildScript(recipe, target)],
  };
}

/** How a module is packed: OpenZFS by its own specs, a commit by its spec, all else by ours. */
function recipeOf(module: ModuleInputs): RpmModule {
  if (module.kind === 'git' && module.spec) {
    return { ...module, kind: 'spec', name: kmodNameOf(module), specFile: module.spec.file };
  }
  return { ...module, kind: module.kind === 'openzfs' ? 'openzfs' : 'dkms' };
}
