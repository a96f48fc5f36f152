import type { ImageTree } from '../oci/tree/tree.ts';
import { type ImageContents, readContents, tellsContents } from './sbom/contents.ts';
import { filesOfHost, tellsHost } from './simulate/host-files.ts';

/** What a promotion with signatures has to know of an image. */
export interface ImageDescription {
  /** When it was made, as its config says. */
  created?: string | undefined;
  /** By which a host that runs it judges other images. */
  host: ReadonlyMap<string, Uint8Array>;
  contents: ImageContents;
}

/** Whether a path is worth keeping while the layers of an image that is to be described are read. */
export function isDescribed(path: string): boolean {
  return tellsHost(path) || tellsContents(path);
}

/** Reads what there is to know of an image. */
export async function describeImage(tree: ImageTree): Promise<ImageDescription> {
  const { created } = tree.image.config;
  return { created, host: await filesOfHost(tree), contents: await readContents(tree) };
}
