import type { FileTree, TreeEntry } from '../../archive/tree.ts';
import { MODULE_FILE } from '../../kernel/module-name.ts';
import { LockstepError } from '../../system/error.ts';

export { moduleName } from '../../kernel/module-name.ts';

/** Where the files of one kernel stand in a tree. */
export interface KernelFiles {
  release: string;
  /** `usr/lib/modules/RELEASE`, as it stands in the tree. */
  folder: string;
  /** Its module files, with everything else below the folder left out. */
  modules: TreeEntry[];
  /** Everything else below the folder, by path from the folder. */
  others: ReadonlyMap<string, TreeEntry>;
}

/** The modules that came with the kernel: those below `kernel/`. */
export function ownModules(files: KernelFiles): TreeEntry[] {
  return files.modules.filter(({ path }) => isOwn(files, path));
}

export function isOwn(files: Pick<KernelFiles, 'folder'>, path: string): boolean {
  return path.startsWith(`${files.folder}/kernel/`);
}

const PLACES = ['usr/lib/modules', 'lib/modules'];

/** The kernels of a tree: every folder under `/usr/lib/modules` (or `/lib/modules`). */
export async function findKernels(tree: FileTree): Promise<KernelFiles[]> {
  for (const place of PLACES) {
    const kernels = await kernelsUnder(tree, place);
    if (kernels.length > 0) return kernels;
  }
  return [];
}

/** The kernel whose modules stand in one folder of a tree. */
export async function kernelAt(tree: FileTree, folder: string): Promise<KernelFiles> {
  const entries: TreeEntry[] = [];
  for await (const entry of tree.list(folder)) entries.push(entry);
  if (entries.length === 0) {
    throw new LockstepError('not-found', `no folder of modules at ${folder} in ${tree.name}`);
  }
  return gather(rootOf(entries, folder), entries);
}

async function kernelsUnder(tree: FileTree, place: string): Promise<KernelFiles[]> {
  const byFolder = new Map<string, TreeEntry[]>();
  for await (const entry of tree.list(place)) {
    const at = entry.path.indexOf('lib/modules/');
    const end = entry.path.indexOf('/', at + 'lib/modules/'.length);
    const folder = end < 0 ? entry.path : entry.path.slice(0, end);
    const entries = byFolder.get(folder) ?? [];
    if (end > 0) entries.push(entry);
    if (end > 0 || entry.type === 'directory') byFolder.set(folder, entries);
  }
  return [...byFolder].map(([folder, entries]) => gather(folder, entries));
}

function gather(folder: string, entries: readonly TreeEntry[]): KernelFiles {
  const modules: TreeEntry[] = [];
  const others = new Map<string, TreeEntry>();
  for (const entry of entries) {
    const isFile = entry.type === 'file' || entry.type === 'symlink';
    if (isFile && MODULE_FILE.test(entry.path)) modules.push(entry);
    else others.set(entry.path.slice(folder.length + 1), entry);
  }
  return { release: folder.split('/').at(-1) ?? folder, folder, modules, others };
}

/** The tree may know the folder by another name than the one asked for: `lib` for `usr/lib`. */
function rootOf(entries: readonly TreeEntry[], asked: string): string {
  const first = entries[0]?.path ?? asked;
  const depth = first.split('/').length - 1;
  return first.split('/').slice(0, depth).join('/');
}
