import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Buildah } from '../../../container/buildah.ts';
import type { ModuleCompression } from '../../../kernel/module/compression.ts';
import { buildKmods, debsIn, type ModuleBuild } from '../../../kmods/build.ts';
import type { BuiltSource } from '../../../kmods/image/built-source.ts';
import { finishScript } from '../../../kmods/image/finish-script.ts';
import { buildOrder } from '../../../source/build-order.ts';
import { askScript, buildScript } from '../../../source/build-script.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { DebianInputs } from '../../inputs/inputs.ts';
import type { ArchiveModule } from '../../inputs/modules.ts';
import { compressionOfKernel, ensureBuilderRoot, sourceFiles } from './root.ts';

/** Builds the packages of the modules in a root of exactly the pinned packages. */
export async function buildDebs(
  context: RunContext,
  buildah: Buildah,
  inputs: DebianInputs,
): Promise<BuiltSource[]> {
  const root = await ensureBuilderRoot(context, inputs);
  const compression = await compressionOfKernel(context, inputs);
  const modules = await Promise.all(
    buildOrder(inputs.modules).map((module) =>
      moduleBuild(context, inputs, { module, compression }),
    ),
  );
  const built = await buildKmods(
    buildah,
    {
      root: { tar: root },
      modules,
      kernelRelease: inputs.base.kernelRelease,
      folder: join(context.folder, 'build', inputs.base.kernelRelease),
      epoch: 0,
      collect: debsIn,
    },
    { onLine: lineSink(context, 'build') },
  );
  await rm(root, { force: true });
  return built;
}

async function moduleBuild(
  context: RunContext,
  inputs: DebianInputs,
  { module, compression }: { module: ArchiveModule; compression: ModuleCompression },
): Promise<ModuleBuild> {
  const { kernelRelease, kernelPackage, architecture } = inputs.base;
  const target = { kernelRelease, jobs: availableParallelism() };
  const ask = askScript(module, target);
  return {
    name: module.name,
    sources: await sourceFiles(context, module),
    ...(ask && { ask }),
    scripts: [
      buildScript(module, target),
      finishScript({
        kernelRelease,
        kernelPackage,
        module,
        architecture,
        compression,
      }),
    ],
  };
}
