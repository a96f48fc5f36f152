import { type KernelFiles, ownModules } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { InspectedModule } from '../module/inspect.ts';
import type { OwnExports } from './own-exports.ts';

/**
 * Adds what the kernel's own modules export, as far as the modules that are to be checked need it:
 * of the modules that `modules.symbols` names, or of all when it names none.
 */
export async function withModuleExports(
  kernel: Kernel,
  files: KernelFiles,
  own: OwnExports,
  inspected: readonly InspectedModule[],
): Promise<Kernel> {
  const missing = missingSymbols(kernel, inspected);
  if (missing.size === 0) return kernel;
  const symbols = new Map(kernel.symbols);
  const named = await own.named(missing);
  for (const paths of [named, allModules(files, named)]) {
    for (const exported of await own.of(paths)) {
      if (!symbols.has(exported.name)) symbols.set(exported.name, exported);
      missing.delete(exported.name);
    }
    if (missing.size === 0) break;
  }
  return { ...kernel, symbols };
}

function missingSymbols(kernel: Kernel, inspected: readonly InspectedModule[]): Set<string> {
  const exported = new Set(
    inspected.flatMap(({ module }) => module?.exports.map(({ name }) => name) ?? []),
  );
  const missing = new Set<string>();
  for (const { module } of inspected) {
    for (const { name } of module?.imports ?? []) {
      if (!kernel.symbols.has(name) && !exported.has(name)) missing.add(name);
    }
  }
  return missing;
}

function allModules(files: KernelFiles, read: ReadonlySet<string>): Set<string> {
  return new Set(ownModules(files).flatMap(({ path }) => (read.has(path) ? [] : path)));
}
