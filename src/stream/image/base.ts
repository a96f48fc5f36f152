import type { Platform } from '../../oci/descriptor.ts';
import type { KernelReport } from '../../oci/evidence/evidence.ts';
import { findKernel } from '../../oci/evidence/evidence.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { openImage } from '../../oci/tree/image.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { remembered } from '../../system/remember.ts';
import { type ImageSystem, isOsRelease, readSystem } from './system.ts';
import { pinningTag } from './tag.ts';

/** A base image, pinned, and what is in it. */
export interface ImageBase extends ImageSystem {
  /** Of the image for the platform. */
  digest: Digest;
  /** Of the index that the reference named, if it named one. */
  index?: Digest;
  /** The immutable tag that has the same digest, where the image tells its version. */
  tag?: string;
  /** `org.opencontainers.image.version`. */
  version?: string;
  architecture: string;
  /** What speaks against what the image says of its kernel; never a reason to refuse it. */
  doubts: string[];
}

/** What an image says of itself by its own digest. */
export type BaseFacts = Omit<ImageBase, 'tag' | 'doubts'>;

export interface ImageBaseOptions {
  platform: Platform;
  /** Folder for answers that depend on a digest alone. */
  cache: string;
  /** Asked, where the cache has nothing, for the facts of a digest: else its layers are read. */
  known?: (digest: Digest) => Promise<BaseFacts | undefined>;
}

/**
 * Pins an image that moves: asks once which digest the reference names and reads everything else
 * by that digest. Which kernels are in it is told by its files; labels are only compared with
 * them, since images inherit labels. Throws `not-found`, and `config` for an image without a
 * kernel or without an rpm installer.
 */
export async function resolveImageBase(
  reader: Reader,
  reference: string,
  { platform, cache, known }: ImageBaseOptions,
): Promise<ImageBase> {
  const asked = await requireDescriptor(reader, reference);
  const key = { base: asked.digest, platform };
  const facts = await remembered(cache, key, async () => {
    const found = (await known?.(asked.digest)) ?? (await look(reader, asked.digest, platform));
    const stated = await findKernel(reader, asked.digest, { platform, look: 'metadata' });
    return { ...found, doubts: doubtsOf(stated, found.kernels) };
  });
  const tag = facts.version && (await pinningTag(reader, asked.digest, facts.version));
  return { ...facts, ...(tag && { tag }) };
}

async function look(reader: Reader, digest: Digest, platform: Platform): Promise<BaseFacts> {
  const image = await openImage(reader, digest, { platform });
  const tree = await openImageTree(reader, image, { contents: 'toc', keep: isOsRelease });
  const { architecture } = image.config;
  const index = image.index?.descriptor.digest;
  const version = image.config.labels['org.opencontainers.image.version'];
  const system = await readSystem(tree);
  return {
    digest: image.document.descriptor.digest,
    ...(index && { index }),
    ...(version && { version }),
    architecture: architecture ?? platform.architecture,
    ...system,
  };
}

/** What is stated and is not so: most often a label that was inherited from another image. */
function doubtsOf({ evidence }: KernelReport, kernels: readonly string[]): string[] {
  return evidence
    .filter(({ kernel }) => !kernels.includes(kernel))
    .map(({ where, kernel }) => `${where} says ${kernel}, the image holds ${kernels.join(', ')}`);
}
