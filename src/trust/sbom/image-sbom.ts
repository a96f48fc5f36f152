import type { Descriptor, Platform } from '../../oci/descriptor.ts';
import type { Reader } from '../../oci/repository.ts';
import { type ImageTreeOptions, openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { readContents, tellsContents } from './contents.ts';
import { spdxDocument } from './spdx.ts';

/** An image with what it consists of. */
export interface ImageSbom {
  /** Of the image for the platform. */
  digest: Digest;
  packages: number;
  /** Those that the kernel did not bring. */
  modules: number;
  /** SPDX 2.3. */
  document: ReturnType<typeof spdxDocument>;
  /** What looking at it moved. */
  transfer: { bytes: number; requests: number };
}

export interface SbomOptions extends Pick<ImageTreeOptions, 'contents'> {
  platform: Platform;
}

/**
 * Tells what an image consists of without pulling it: of layers with tables of contents only the
 * files that tell it are fetched.
 */
export async function imageSbom(
  reader: Reader,
  reference: string | Descriptor,
  { platform, contents = 'toc' }: SbomOptions,
): Promise<ImageSbom> {
  const tree = await openImageTree(reader, reference, { platform, contents, keep: tellsContents });
  const { document: image, config } = tree.image;
  const { digest } = image.descriptor;
  const found = await readContents(tree);
  const { created } = config;
  const document = spdxDocument({ name: reader.name, digest, created }, found);
  const { packages, modules } = found;
  const { bytes, requests } = tree.transfer;
  return {
    digest,
    packages: packages.length,
    modules: modules.length,
    document,
    transfer: { bytes, requests },
  };
}
