import { memoryTree } from '../../file/memory-tree.ts';
import type { FileTree } from '../../file/tree.ts';
import type { Repository } from '../../oci/repository.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { Once } from '../../system/once.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { isDescribed } from '../../trust/image-description.ts';
import { type ImageContents, readContents } from '../../trust/sbom/contents.ts';
import { readDescription } from '../record/description.ts';

/** What is known of an image: by what we have signed about it, or else by its layers. */
export interface Described {
  created?: string | undefined;
  /** Of its files at least those by which its hosts judge. */
  files: FileTree;
  contents: () => Promise<ImageContents>;
}

/** Images by repository and digest; undefined for one that is gone. */
export type DescribedImages = (
  repository: Repository,
  digest: Digest,
) => Promise<Described | undefined>;

/** An image by itself is of its own platform, whatever is asked for. */
export const PLATFORM = { os: 'linux', architecture: 'amd64' };

/** Looks at images, at each once. Only descriptions that these seals open are believed. */
export function describedImages(seals: Seals): DescribedImages {
  const once = new Once();
  return (repository, digest) => once.get(digest, () => describe(repository, digest, seals));
}

async function describe(
  repository: Repository,
  digest: Digest,
  seals: Seals,
): Promise<Described | undefined> {
  const said = await readDescription(repository, digest, seals);
  if (said) {
    const files = memoryTree(`${repository.name}@${digest}`, said.host);
    return { created: said.created, files, contents: async () => said.contents };
  }
  const descriptor = await repository.resolve(digest);
  if (!descriptor) return undefined;
  const options = { platform: PLATFORM, contents: 'toc', keep: isDescribed } as const;
  const tree = await openImageTree(repository, descriptor, options);
  return { created: tree.image.config.created, files: tree, contents: () => readContents(tree) };
}
