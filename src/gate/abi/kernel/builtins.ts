import type { FileTree } from '../../../file/tree.ts';
import { cStrings } from '../../../kernel/elf/c-string.ts';
import type { Elf } from '../../../kernel/elf/elf.ts';
import { readBuiltinNames } from '../../../kernel/index/builtin-names.ts';
import { readModulePaths } from '../../../kernel/index/module-lists.ts';
import { type KernelFiles, moduleName } from './files.ts';

/** Names under `/sys/module` that the kernel itself takes, from its image. */
export function builtinsOfImage(image: Elf): ReadonlySet<string> {
  return readBuiltinNames(image);
}

/**
 * The same from the lists beside the modules, for a kernel whose image cannot be read: built-in
 * modules with parameters. Other built-in code has parameters under names of its choice, so only
 * modules of `modules.builtin` count.
 */
export async function builtinsOfLists(
  tree: FileTree,
  files: KernelFiles,
): Promise<ReadonlySet<string>> {
  const lists = ['modules.builtin.modinfo', 'modules.builtin'];
  if (!lists.every((list) => files.others.has(list))) return new Set();
  const paths = await tree.read(`${files.folder}/modules.builtin`);
  const modules = new Set(readModulePaths(Buffer.from(paths).toString('utf8')).map(moduleName));
  const content = await tree.read(`${files.folder}/modules.builtin.modinfo`);
  const names = new Set<string>();
  for (const text of cStrings(content)) {
    const match = /^([^.=]+)\.parm(?:type)?=/.exec(text);
    const name = match?.[1]?.replaceAll('-', '_');
    if (name && modules.has(name)) names.add(name);
  }
  return names;
}
