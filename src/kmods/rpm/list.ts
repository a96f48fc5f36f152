import { parentOf } from '../../file/path.ts';
import { type CacheLayout, layoutOf } from '../../oci/probe/packages.ts';
import type { Reader } from '../../oci/repository.ts';
import { type OpenImage, openImage } from '../../oci/tree/image.ts';
import { countingReader, type Transfer } from '../../oci/tree/listing-count.ts';
import { type ImageTreeOptions, openImageTree } from '../../oci/tree/tree.ts';
import { readRpm } from '../../package/rpm.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { KMODS_ANNOTATION } from '../image/image.ts';
import { isSourceRpm } from './collect.ts';
import { type ListedRpm, listedInAnnotation } from './listed.ts';
import { identityOf, placeRpm } from './place.ts';

export interface RpmListing {
  /** Of the image's manifest. */
  digest: Digest;
  layout?: CacheLayout;
  /** Sorted by path. */
  packages: ListedRpm[];
  transfer: Transfer;
}

/** Paths of packages, for what is to be kept of an image. */
export function isRpm(path: string): boolean {
  return path.endsWith('.rpm');
}

/**
 * The packages in an image: ours stand in an annotation of the manifest; those of others (akmods,
 * fedora-zfs-kmods) are fetched, by range where layers have tables of contents, and told by their
 * headers, since names of files may lie.
 */
export async function listRpms(
  reader: Reader,
  reference: string,
  options: ImageTreeOptions = {},
): Promise<RpmListing> {
  const counted = countingReader(reader);
  const image = await openImage(counted.reader, reference, options);
  const listed = options.contents === 'tar' ? undefined : listedInAnnotation(image);
  const packages = listed ?? (await readPackages(image, options));
  const { annotations } = image.document.manifest;
  const isOurs = annotations?.[KMODS_ANNOTATION.key] !== undefined;
  const layout = isOurs ? 'lockstep' : layoutOf(image.config.labels);
  return {
    digest: image.document.descriptor.digest,
    ...(layout ? { layout } : {}),
    packages: packages.sort((a, b) => (a.path < b.path ? -1 : 1)),
    transfer: counted.transfer,
  };
}

/** The folder of a package as people name it. */
export function folderOf({ path }: Pick<ListedRpm, 'path'>): string {
  return parentOf(path) || '/';
}

async function readPackages(image: OpenImage, options: ImageTreeOptions): Promise<ListedRpm[]> {
  const tree = await openImageTree(image.reader, image, { ...options, keep: isRpm });
  const paths = new Set<string>();
  for await (const { path, type } of tree.list('')) {
    if (type === 'file' && isRpm(path)) paths.add(path);
  }
  const packages: ListedRpm[] = [];
  for await (const { path, content } of tree.readMany(paths)) {
    packages.push({ path, size: content.length, digest: digestOf(content), ...told(content) });
  }
  return packages;
}

function told(content: Uint8Array): Omit<ListedRpm, 'path' | 'size' | 'digest'> {
  try {
    const facts = readRpm(content);
    const isSource = isSourceRpm(content);
    return { ...identityOf(facts), isSource, place: placeRpm(facts, isSource) };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const nothing = { name: '', version: '', architecture: '' };
    return { ...nothing, isSource: false, place: 'other', problem: error.message };
  }
}
