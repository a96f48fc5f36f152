import { nameOf } from '../../file/path.ts';
import type { FileTree } from '../../file/tree.ts';
import { modinfoValues } from '../../kernel/module/module.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { checkModules } from './check-modules.ts';
import { readNamedImage } from './describe/image.ts';
import { describeKernel } from './describe/kernel.ts';
import { OwnExports } from './describe/own-exports.ts';
import { withModuleExports } from './describe/symbols.ts';
import { kernelAt } from './kernel/files.ts';
import type { Kernel, ModuleInput } from './kernel/kernel.ts';
import { type InspectedModule, inspectModule } from './module/inspect.ts';
import { AT_ONCE, unpackModule } from './module/unpack.ts';
import { type KernelReport, reportOf, type VerifyOptions } from './verify.ts';

export interface FilesToVerify {
  modules: readonly ModuleInput[];
  /** Loaded before. */
  with?: readonly ModuleInput[];
}

/** Checks module files for the kernel whose modules stand in `folder` of a tree. */
export async function verifyFiles(
  tree: FileTree,
  folder: string,
  files: FilesToVerify,
  options: VerifyOptions = {},
): Promise<KernelReport> {
  const image = readNamedImage(tree, { folder, release: nameOf(folder) });
  // It may fail before anybody waits for it.
  image.catch(() => {});
  const describing = kernelAt(tree, folder).then(async (kernelFiles) => {
    const kernel = await describeKernel(tree, kernelFiles, options, { image });
    return { kernelFiles, kernel, own: new OwnExports(tree, kernelFiles, kernel) };
  });
  const inspect = (inputs: readonly ModuleInput[] = []) => inspectAll(inputs, describing, options);
  const [{ kernelFiles, kernel, own }, modules, loaded] = await Promise.all([
    describing,
    inspect(files.modules),
    inspect(files.with),
  ]);
  const described = await withModuleExports(kernel, kernelFiles, own, [...loaded, ...modules]);
  const reports = checkModules(modules, described, loaded);
  const firmware = modules.flatMap(({ module }) =>
    module ? modinfoValues(module, 'firmware') : [],
  );
  return { ...reportOf(kernel.release, reports, []), firmware: [...new Set(firmware)] };
}

/**
 * Unpacks modules while the kernel is described, the largest first because it takes longest; small
 * ones are inspected meanwhile, and what a module needs is unpacked while it is inspected.
 */
async function inspectAll(
  inputs: readonly ModuleInput[],
  describing: Promise<{ kernel: Kernel; own: OwnExports }>,
  options: VerifyOptions,
): Promise<InspectedModule[]> {
  const inspected = new Map<ModuleInput, InspectedModule>();
  const ordered = inputs.toSorted((a, b) => b.content.length - a.content.length);
  await mapConcurrently(ordered, AT_ONCE, async (input) => {
    const unpacked = await unpackModule(input);
    const { kernel, own } = await describing;
    await own.readAheadFor(unpacked);
    inspected.set(input, inspectModule(unpacked, kernel, options));
  });
  return inputs.flatMap((input) => inspected.get(input) ?? []);
}
