import type { FileTree, TreeEntry } from '../../../file/tree.ts';
import type { Finding } from '../../../system/finding.ts';
import { type KernelFiles, ownModules } from '../kernel/files.ts';
import type { ModuleCheck } from '../module/check-module.ts';
import type { InspectedModule } from '../module/inspect.ts';
import { checkProbing } from '../probing/probing.ts';
import { copiesFinding, judgeCopies } from './copies.ts';
import { checkFirmware } from './firmware-rule.ts';
import { checkAliases, checkDep, checkIndexFile, checkSymbols } from './index-rules.ts';
import { type Indexes, readIndexes } from './indexes.ts';
import { checkInitramfs } from './initramfs-rule.ts';

/** What was read of a kernel's modules, and of what depmod made of them. */
export interface TreeContents {
  checks: readonly ModuleCheck[];
  /** Modules that did not come with the kernel. */
  others: readonly InspectedModule[];
  indexes: Indexes;
}

/** What depmod made, with all that can be told of it before a module is read. */
export async function indexesOf(tree: FileTree, files: KernelFiles): Promise<Indexes> {
  const indexes = await readIndexes(tree, files);
  const { dep, aliases, symbols } = indexes;
  const problems = [...indexes.problems, ...checkIndexFile(files, indexes)];
  return { dep, aliases, symbols, problems };
}

/**
 * Whether what modprobe goes by (`modules.dep`, `.alias`, `.symbols` and their `.bin`) agrees with
 * the files that are there, and which of two copies of a module wins.
 */
export async function checkTree(
  tree: FileTree,
  files: KernelFiles,
  { checks, others: foreign, indexes }: TreeContents,
): Promise<Finding[]> {
  const leftover = checkLeftover(files);
  if (leftover) return [leftover];
  const copies = [...judgeCopies(files, indexes.dep).values()];
  const winners = new Map(copies.map(({ name, winner }) => [name, winner]));
  const taken = new Set(winners.values());
  const others = foreign.filter(({ file }) => taken.has(file));
  return [
    ...copies.flatMap((each) => copiesFinding(files, each) ?? []),
    ...files.lost.map(lostLink),
    ...indexes.problems,
    ...checkDep(files, indexes, winners, checks),
    ...checkAliases(files, indexes, others),
    ...checkSymbols(files, indexes, others),
    ...(await checkProbing(tree, files, { modules: others, dep: indexes.dep })),
    ...(await checkFirmware(tree, files, others)),
    ...(await checkInitramfs(tree, files, others)),
  ];
}

/** A link in place of a module that leads to nothing: depmod passes it over. */
function lostLink({ path, linkTarget }: TreeEntry): Finding {
  return {
    rule: 'module-link',
    severity: 'error',
    message: `${path} leads to ${linkTarget}, which is not there`,
    where: { file: path },
    hint: 'install the package of the module again, or remove the link',
  };
}

/** A folder with modules and nothing of the kernel itself. */
function checkLeftover(files: KernelFiles): Finding | undefined {
  const hasKernel = ownModules(files).length > 0 || files.others.has('vmlinuz');
  if (hasKernel || files.others.has('modules.builtin')) return undefined;
  return leftoverFinding(files);
}

/** What is said of a folder of modules without their kernel. */
export function leftoverFinding(files: KernelFiles): Finding {
  const count = files.modules.length;
  return {
    rule: 'leftover-kernel',
    severity: count > 0 ? 'error' : 'warning',
    message: `${files.folder} holds ${count} modules and nothing of kernel ${files.release}`,
    where: { file: files.folder },
    hint: 'remove the folder, or build the modules for the kernel that is there',
  };
}
