import type { FileTree } from '../../archive/tree.ts';
import type { Finding } from '../../system/finding.ts';
import type { ModuleCheck } from './check-module.ts';
import { checkCopies } from './copies-rule.ts';
import { checkAliases, checkDep, checkIndexFile, checkSymbols } from './index-rules.ts';
import { readIndexes } from './indexes.ts';
import type { InspectedModule } from './inspect.ts';
import { type KernelFiles, ownModules } from './kernel-files.ts';

/** What was read of the modules of a kernel. */
export interface TreeModules {
  checks: readonly ModuleCheck[];
  /** Modules that did not come with the kernel. */
  others: readonly InspectedModule[];
}

/**
 * Whether what modprobe goes by (`modules.dep`, `.alias`, `.symbols` and their `.bin`) agrees with
 * the files that are there, and which of two copies of a module wins.
 */
export async function checkTree(
  tree: FileTree,
  files: KernelFiles,
  modules: TreeModules,
): Promise<Finding[]> {
  const leftover = checkLeftover(files);
  if (leftover) return [leftover];
  const indexes = await readIndexes(tree, files);
  const { winners, findings } = await checkCopies(tree, files);
  return [
    ...findings,
    ...indexes.problems,
    ...checkDep(files, indexes, winners, modules.checks),
    ...checkAliases(files, indexes, modules.others),
    ...checkSymbols(files, indexes, modules.others),
    ...checkIndexFile(files, indexes),
  ];
}

/** A folder with modules and nothing of the kernel itself. */
function checkLeftover(files: KernelFiles): Finding | undefined {
  const hasKernel = ownModules(files).length > 0 || files.others.has('vmlinuz');
  if (hasKernel || files.others.has('modules.builtin')) return undefined;
  const count = files.modules.length;
  return {
    rule: 'leftover-kernel',
    severity: count > 0 ? 'error' : 'warning',
    message: `${files.folder} holds ${count} modules and nothing of kernel ${files.release}`,
    where: { file: files.folder },
    hint: 'remove the folder, or build the modules for the kernel that is there',
  };
}
