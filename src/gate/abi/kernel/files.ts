import { nameOf } from '../../../file/path.ts';
import type { FileTree, TreeEntry } from '../../../file/tree.ts';
import { type DepmodConfig, readDepmodConfig } from '../../../kernel/kmod/depmod-config.ts';
import { MODULE_FILE } from '../../../kernel/module/name.ts';
import { installedIn, releaseOfLink } from '../../../oci/evidence/installed.ts';
import { LockstepError } from '../../../system/error.ts';
import { type ConfigFile, readConfigFolders } from './config-folders.ts';
import { dangling, modulesBehind } from './module-links.ts';

export { moduleName } from '../../../kernel/module/name.ts';

/** Where the files of one kernel stand in a tree. */
export interface KernelFiles {
  release: string;
  /** `usr/lib/modules/RELEASE`, as it stands in the tree. */
  folder: string;
  /** The module files that depmod looks at, below the folder and where `external` says. */
  modules: TreeEntry[];
  /** Links in place of modules that lead to nothing. */
  lost: TreeEntry[];
  /** Everything else below the folder, by path from the folder. */
  others: ReadonlyMap<string, TreeEntry>;
  /** What `depmod.d` says for the kernel. */
  depmod: DepmodConfig;
}

/** The folders of modules of a tree. */
export interface ModuleFolders {
  kernels: KernelFiles[];
  /** Folders of kernels that are not there, from which no kernel has links either. */
  leftovers: KernelFiles[];
}

/** The modules that came with the kernel: those below `kernel/`. */
export function ownModules(files: KernelFiles): TreeEntry[] {
  return files.modules.filter(({ path }) => isOwn(files, path));
}

export function isOwn(files: Pick<KernelFiles, 'folder'>, path: string): boolean {
  return path.startsWith(`${files.folder}/kernel/`);
}

/** A module file as `modules.dep` names it: from the folder of the kernel, or from the root. */
export function indexPath({ folder }: Pick<KernelFiles, 'folder'>, path: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : `/${path}`;
}

const PLACES = ['usr/lib/modules', 'lib/modules'];

/** The kernels of a tree: the folders under `/usr/lib/modules` (or `/lib/modules`) that are of one. */
export async function findKernels(tree: FileTree): Promise<KernelFiles[]> {
  return (await findModuleFolders(tree)).kernels;
}

/** Tells the kernels of a tree from folders in which there are only modules. */
export async function findModuleFolders(tree: FileTree): Promise<ModuleFolders> {
  for (const place of PLACES) {
    const folders = await foldersUnder(tree, place);
    if (folders.length > 0) return tellApart(tree, folders);
  }
  return { kernels: [], leftovers: [] };
}

async function tellApart(tree: FileTree, folders: KernelFiles[]): Promise<ModuleFolders> {
  if (folders.length === 1) return { kernels: folders, leftovers: [] };
  const named = folders.map(({ release, others }) => ({ release, names: new Set(others.keys()) }));
  const installed = await installedIn(tree, named);
  if (installed.size === 0) return { kernels: folders, leftovers: [] };
  const kernels = folders.filter(({ release }) => installed.has(release));
  const linked = new Set(kernels.flatMap(({ modules }) => modules.map(releaseOfLink)));
  const isLeftover = ({ release }: KernelFiles) => !installed.has(release) && !linked.has(release);
  return { kernels, leftovers: folders.filter(isLeftover) };
}

/** The kernel whose modules stand in one folder of a tree. */
export async function kernelAt(tree: FileTree, folder: string): Promise<KernelFiles> {
  const entries: TreeEntry[] = [];
  for await (const entry of tree.list(folder)) entries.push(entry);
  if (entries.length === 0) {
    throw new LockstepError('not-found', `no folder of modules at ${folder} in ${tree.name}`);
  }
  const config = await readConfigFolders(tree, 'depmod.d');
  return gather(tree, rootOf(entries, folder), { entries, config });
}

async function foldersUnder(tree: FileTree, place: string): Promise<KernelFiles[]> {
  const byFolder = new Map<string, TreeEntry[]>();
  for await (const entry of tree.list(place)) {
    const at = entry.path.indexOf('lib/modules/');
    const end = entry.path.indexOf('/', at + 'lib/modules/'.length);
    const folder = end < 0 ? entry.path : entry.path.slice(0, end);
    const entries = byFolder.get(folder) ?? [];
    if (end > 0) entries.push(entry);
    if (end > 0 || entry.type === 'directory') byFolder.set(folder, entries);
  }
  const config = byFolder.size > 0 ? await readConfigFolders(tree, 'depmod.d') : [];
  return Promise.all(
    [...byFolder].map(([folder, entries]) => gather(tree, folder, { entries, config })),
  );
}

/** Sorts what is below a folder as depmod sees it: through links, and past what is excluded. */
async function gather(
  tree: FileTree,
  folder: string,
  found: { entries: readonly TreeEntry[]; config: readonly ConfigFile[] },
): Promise<KernelFiles> {
  const release = folder.split('/').at(-1) ?? folder;
  const depmod = readDepmodConfig(
    found.config.map(({ text }) => text),
    release,
  );
  // Most paths have none of these names anywhere, which is told sooner than their parts.
  const excludes = [...depmod.excludes];
  const isSeen = (path: string) =>
    !excludes.some((name) => path.includes(name)) ||
    !path
      .slice(folder.length + 1)
      .split('/')
      .some((name) => depmod.excludes.has(name));
  const seen = found.entries.filter(({ path }) => isSeen(path));
  const modules = seen.filter(isModuleEntry);
  for (const entry of seen.filter(isFolderLink))
    modules.push(...(await modulesBehind(tree, entry, isModule)));
  for (const place of depmod.externals) {
    for await (const entry of tree.list(place)) if (isModuleEntry(entry)) modules.push(entry);
  }
  const lost = await dangling(
    tree,
    modules.filter(({ type }) => type === 'symlink'),
  );
  const isModulePath = new Set(modules.map(({ path }) => path));
  const others = found.entries.filter(({ path }) => !isModulePath.has(path));
  return {
    release,
    folder,
    modules: modules.filter(({ path }) => !lost.has(path)),
    lost: modules.filter(({ path }) => lost.has(path)),
    others: new Map(others.map((entry) => [entry.path.slice(folder.length + 1), entry])),
    depmod,
  };
}

function isModule(path: string): boolean {
  return MODULE_FILE.test(path);
}

function isModuleEntry({ type, path }: TreeEntry): boolean {
  return (type === 'file' || type === 'symlink') && isModule(path);
}

/** A link that may lead to a folder, as weak-modules can make them. */
function isFolderLink({ type, path }: TreeEntry): boolean {
  return type === 'symlink' && !isModule(path) && !nameOf(path).startsWith('modules.');
}

/** The tree may know the folder by another name than the one asked for: `lib` for `usr/lib`. */
function rootOf(entries: readonly TreeEntry[], asked: string): string {
  const first = entries[0]?.path ?? asked;
  const depth = first.split('/').length - 1;
  return first.split('/').slice(0, depth).join('/');
}
