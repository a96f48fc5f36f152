import { linkTarget, parentOf } from '../archive/path.ts';
import type { FileTree, TreeEntry } from '../archive/tree.ts';
import {
  installedKernels,
  isUnifiedImage,
  type ModulesFolder,
  releaseInName,
} from '../kernel/installed-kernels.ts';
import { unifiedText } from '../kernel/unified-image.ts';

/** Where images of kernels lie, beside the folders of modules. */
const BOOT_FOLDERS = ['boot', 'efi', 'usr/lib/ostree-boot'];

/** Tells which folders of modules are of a kernel that is in the tree (`installedKernels`). */
export async function installedIn(
  tree: FileTree,
  folders: readonly ModulesFolder[],
): Promise<ReadonlySet<string>> {
  if (folders.length < 2) return installedKernels(folders, []);
  const bootFiles: string[] = [];
  for (const folder of BOOT_FOLDERS)
    for await (const { path } of tree.list(folder)) bootFiles.push(path);
  const releases = folders.map(({ release }) => release);
  const unnamed = bootFiles.filter(
    (path) => isUnifiedImage(path) && releaseInName(path, releases) == null,
  );
  const unified: string[] = [];
  for await (const { content } of tree.readMany(new Set(unnamed)))
    unified.push(unifiedText(content, '.uname') ?? '');
  return installedKernels(folders, bootFiles, unified);
}

/** The unified kernel images of a tree that boot loaders find. */
export async function unifiedImagesIn(tree: FileTree): Promise<string[]> {
  const images: string[] = [];
  for (const folder of BOOT_FOLDERS) {
    for await (const { path } of tree.list(folder)) if (isUnifiedImage(path)) images.push(path);
  }
  return images;
}

/** The folder of modules into which a link leads (`weak-updates`), by its release. */
export function releaseOfLink({ path, linkTarget: target }: TreeEntry): string | undefined {
  if (target == null) return undefined;
  return /(?:^|\/)lib\/modules\/([^/]+)\//.exec(linkTarget(parentOf(path), target))?.[1];
}
