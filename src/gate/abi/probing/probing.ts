import { decompressBytes } from '../../../file/compression/compression.ts';
import type { FileTree } from '../../../file/tree.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import type { ModulesDep } from '../../../kernel/index/module-lists.ts';
import {
  kernelArguments,
  type ModprobeConfig,
  readModprobeConfig,
} from '../../../kernel/kmod/modprobe-config.ts';
import { readModule } from '../../../kernel/module/module.ts';
import { readSignatureTrailer } from '../../../kernel/signature/signature.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Finding } from '../../../system/finding.ts';
import { readConfigFolders } from '../kernel/config-folders.ts';
import { indexPath, type KernelFiles, moduleName } from '../kernel/files.ts';
import type { InspectedModule } from '../module/inspect.ts';
import { MODULE_LIMIT } from '../module/unpack.ts';
import { readKernelArguments } from './kernel-arguments.ts';
import { checkModprobe, type ProbedModule } from './modprobe-rules.ts';

/** Modules from outside of the kernel, as modprobe would load them. */
export interface ProbingSubject {
  modules: readonly InspectedModule[];
  dep: ModulesDep;
}

/**
 * Whether modprobe and the kernel's arguments let modules from outside of the kernel be loaded,
 * and what those need. Reads nothing where there are none.
 */
export async function checkProbing(
  tree: FileTree,
  files: KernelFiles,
  { modules, dep }: ProbingSubject,
): Promise<Finding[]> {
  if (modules.length === 0) return [];
  const lines = await readKernelArguments(tree, files);
  const config = readModprobeConfig(await readConfigFolders(tree, 'modprobe.d'), lines);
  const names = new Set(files.modules.map(({ path }) => moduleName(path)));
  const own = modules.map((each) => ({
    name: each.module?.name ?? moduleName(each.file),
    modinfo: each.module?.modinfo ?? [],
  }));
  const needed = await readNeeded(tree, files, {
    needed: neededBy(files, { modules, dep }),
    config,
  });
  const loadedAtBoot = await readLoadedAtBoot(tree, lines);
  return checkModprobe(config, [...own, ...needed], {
    loadedAtBoot,
    has: (name) => names.has(name),
  });
}

/** What modules need by `modules.dep`, each with one that needs it; those themselves left out. */
function neededBy(files: KernelFiles, { modules, dep }: ProbingSubject): Map<string, string> {
  const paths = new Set(modules.map(({ file }) => indexPath(files, file)));
  const needed = new Map<string, string>();
  for (const path of paths)
    for (const other of dep.get(path) ?? [])
      if (!paths.has(other)) needed.set(other, moduleName(path));
  return needed;
}

/** Parameters are read of those alone that have options. */
async function readNeeded(
  tree: FileTree,
  files: KernelFiles,
  { needed, config }: { needed: ReadonlyMap<string, string>; config: ModprobeConfig },
): Promise<ProbedModule[]> {
  const found: ProbedModule[] = [];
  for (const [path, by] of needed) {
    const name = moduleName(path);
    const hasOptions = config.options.some((command) => command.name === name);
    const full = path.startsWith('/') ? path : `${files.folder}/${path}`;
    found.push({ name, neededBy: by, modinfo: hasOptions ? await modinfoAt(tree, full) : [] });
  }
  return found;
}

async function modinfoAt(tree: FileTree, path: string): Promise<ProbedModule['modinfo']> {
  try {
    const bytes = decompressBytes(await tree.read(path), MODULE_LIMIT);
    return readModule(readElf(readSignatureTrailer(bytes).content)).modinfo;
  } catch (error) {
    // What is wrong with the file is told by the rules of modules.
    if (error instanceof LockstepError) return [];
    throw error;
  }
}

/** modules-load.d(5), and `modules_load=` among the kernel's arguments. */
async function readLoadedAtBoot(
  tree: FileTree,
  lines: readonly { text: string }[],
): Promise<Set<string>> {
  const files = await readConfigFolders(tree, 'modules-load.d');
  const words = lines.flatMap(({ text }) => kernelArguments(text));
  const named = words.flatMap((word) => /^modules_load=(.*)$/.exec(word)?.[1]?.split(',') ?? []);
  const listed = files.flatMap(({ text }) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^[#;]/.test(line)),
  );
  return new Set([...named, ...listed].map((name) => name.replaceAll('-', '_')));
}
