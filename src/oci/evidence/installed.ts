import { linkTarget, parentOf } from '../../file/path.ts';
import type { FileTree, TreeEntry } from '../../file/tree.ts';
import {
  installedKernels,
  isUnifiedImage,
  type ModulesFolder,
  releaseInName,
} from '../../kernel/image/installed.ts';
import { unifiedText } from '../../kernel/image/unified.ts';
import { LockstepError } from '../../system/error.ts';

/** Where images of kernels lie, beside the folders of modules. */
const BOOT_FOLDERS = ['boot', 'efi', 'usr/lib/ostree-boot'];

/** Tells which folders of modules are of a kernel that is in the tree (`installedKernels`). */
export async function installedIn(
  tree: FileTree,
  folders: readonly ModulesFolder[],
): Promise<ReadonlySet<string>> {
  if (folders.length < 2) return installedKernels(folders, []);
  const bootFiles = await bootFilesIn(tree);
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
  return (await bootFilesIn(tree)).filter(isUnifiedImage);
}

/** Of a running machine a user may not look into every such folder; its other evidence is enough. */
async function bootFilesIn(tree: FileTree): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of BOOT_FOLDERS) {
    try {
      for await (const { path } of tree.list(folder)) paths.push(path);
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code !== 'not-allowed') throw error;
    }
  }
  return paths;
}

/** The folder of modules into which a link leads (`weak-updates`), by its release. */
export function releaseOfLink({ path, linkTarget: target }: TreeEntry): string | undefined {
  if (target == null) return undefined;
  return /(?:^|\/)lib\/modules\/([^/]+)\//.exec(linkTarget(parentOf(path), target))?.[1];
}
