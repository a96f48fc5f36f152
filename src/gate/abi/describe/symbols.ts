import type { FileTree } from '../../../file/tree.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import { type KernelExport, readModuleExports } from '../../../kernel/module/exports.ts';
import { LockstepError } from '../../../system/error.ts';
import { type KernelFiles, moduleName, ownModules } from '../kernel/files.ts';
import type { Kernel, ModuleInput } from '../kernel/kernel.ts';
import type { InspectedModule } from '../module/inspect.ts';
import { unpackModules } from '../module/unpack.ts';

/**
 * Adds what the kernel's own modules export, as far as the modules that are to be checked need it:
 * of the modules that `modules.symbols` names, or of all when it names none.
 */
export async function withModuleExports(
  tree: FileTree,
  files: KernelFiles,
  kernel: Kernel,
  inspected: readonly InspectedModule[],
): Promise<Kernel> {
  const missing = missingSymbols(kernel, inspected);
  if (missing.size === 0) return kernel;
  const symbols = new Map(kernel.symbols);
  const named = await modulesNamed(tree, files, missing);
  for (const paths of [named, allModules(files, named)]) {
    for await (const { file, unpacked: bytes } of unpackModules(read(tree, paths))) {
      for (const exported of bytes ? exportsIn(file, bytes, kernel) : []) {
        if (!symbols.has(exported.name)) symbols.set(exported.name, exported);
        missing.delete(exported.name);
      }
    }
    if (missing.size === 0) break;
  }
  return { ...kernel, symbols };
}

async function* read(tree: FileTree, paths: ReadonlySet<string>): AsyncGenerator<ModuleInput> {
  for await (const { path, content } of tree.readMany(paths)) yield { file: path, content };
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

async function modulesNamed(
  tree: FileTree,
  files: KernelFiles,
  symbols: ReadonlySet<string>,
): Promise<Set<string>> {
  if (!files.others.has('modules.symbols')) return new Set();
  const text = Buffer.from(await tree.read(`${files.folder}/modules.symbols`)).toString('latin1');
  const names = new Set<string>();
  for (const [, symbol, module] of text.matchAll(/^alias symbol:(\S+) (\S+)$/gm)) {
    if (symbol && module && symbols.has(symbol)) names.add(module.replaceAll('-', '_'));
  }
  const own = ownModules(files).filter(({ path }) => names.has(moduleName(path)));
  return new Set(own.map(({ path }) => path));
}

function allModules(files: KernelFiles, read: ReadonlySet<string>): Set<string> {
  return new Set(ownModules(files).flatMap(({ path }) => (read.has(path) ? [] : path)));
}

function exportsIn(path: string, bytes: Uint8Array, kernel: Kernel): KernelExport[] {
  try {
    const elf = readElf(bytes, kernel.architecture.layout);
    const flags = kernel.loader.readsExportFlags;
    return readModuleExports(elf, moduleName(path), { flags });
  } catch (error) {
    if (error instanceof LockstepError) return [];
    throw error;
  }
}
