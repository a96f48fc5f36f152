import type { FileTree } from '../../file/tree.ts';
import { releaseInName } from '../../kernel/image/installed.ts';
import { unifiedText } from '../../kernel/image/unified.ts';
import { unifiedImagesIn } from './installed.ts';

/** A kernel in a tree: its release, its folder of modules, and paths from there. */
interface KernelFolder {
  release: string;
  folder: string;
  others: Pick<ReadonlyMap<string, unknown>, 'keys'>;
}

/** A unified kernel image that is of the kernel, by its folder, its name or its `.uname`. */
export async function readUnifiedImage(
  tree: FileTree,
  { folder, release, others }: KernelFolder,
): Promise<Uint8Array | undefined> {
  const beside = [...others.keys()].find((path) => /^[^/]+\.efi$/i.test(path));
  if (beside) return tree.read(`${folder}/${beside}`);
  const images = await unifiedImagesIn(tree);
  const named = images.find((path) => releaseInName(path, [release]));
  if (named) return tree.read(named);
  for await (const { content } of tree.readMany(new Set(images))) {
    if (unifiedText(content, '.uname') === release) return content;
  }
  return undefined;
}
