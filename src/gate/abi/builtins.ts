import type { FileTree } from '../../archive/tree.ts';
import { cStrings } from '../../kernel/c-string.ts';
import { readModulePaths } from '../../kernel/module-lists.ts';
import { type KernelFiles, moduleName } from './kernel-files.ts';

/**
 * Names under `/sys/module` that the kernel itself takes: built-in modules with parameters or a
 * version (`param_sysfs_builtin`, kernel/params.c). Other objects of the kernel have parameters
 * under names of their choice, so only modules of `modules.builtin` count.
 */
export async function builtinsOf(tree: FileTree, files: KernelFiles): Promise<ReadonlySet<string>> {
  const lists = ['modules.builtin.modinfo', 'modules.builtin'];
  if (!lists.every((list) => files.others.has(list))) return new Set();
  const paths = await tree.read(`${files.folder}/modules.builtin`);
  const modules = new Set(readModulePaths(Buffer.from(paths).toString('utf8')).map(moduleName));
  const content = await tree.read(`${files.folder}/modules.builtin.modinfo`);
  const names = new Set<string>();
  for (const text of cStrings(content)) {
    const match = /^([^.=]+)\.(?:parm|parmtype|version)=/.exec(text);
    const name = match?.[1]?.replaceAll('-', '_');
    if (name && modules.has(name)) names.add(name);
  }
  return names;
}
