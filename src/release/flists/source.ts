import { openDirectoryTree } from '../../file/directory-tree.ts';
import type { FileTree } from '../../file/tree.ts';
import { packImageFolder } from '../../flist/pack/image.ts';
import { type Packed, type PackOptions, packFolder } from '../../flist/pack/pack.ts';
import type { Route } from '../../flist/store/route.ts';
import type { ImageTree } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';

/** Something that holds modules and firmware: a folder of this machine, or an image. */
export interface FlistSource {
  tree: FileTree;
  pack(
    path: string,
    into: { manifest: string; stores: readonly Route[] },
    options: PackOptions,
  ): Promise<Packed>;
}

export function folderSource(root: string): FlistSource {
  const tree = openDirectoryTree(root);
  return {
    tree,
    pack: async (path, into, options) => {
      const folder = await tree.locate?.(path);
      if (folder == null) throw new LockstepError('not-found', `${root} has no folder ${path}`);
      return packFolder({ folder, ...into }, options);
    },
  };
}

/** Nothing of the image is unpacked. */
export function imageSource(tree: ImageTree): FlistSource {
  return { tree, pack: (path, into, options) => packImageFolder({ tree, path, ...into }, options) };
}
