import { writeImage } from '../src/container/image.ts';
import { streamOf } from '../src/oci/content.ts';
import { copy } from '../src/oci/copy.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { documentOf, type ImageIndex } from '../src/oci/manifest.ts';
import { OCI_INDEX } from '../src/oci/media-type.ts';
import type { Registry, Repository } from '../src/oci/repository.ts';
import type { Digest } from '../src/system/digest.ts';
import { CREATED, type Parts, type Stage } from './parts.ts';

/** One image that was made, and the tags that point to it. */
export interface MadeImage {
  repository: 'base' | 'builder';
  /** What the tags point to: of the index where there is one. */
  digest: Digest;
  tags: string[];
}

/** What layers become, and where. */
export interface Publication {
  images: Registry;
  repository: MadeImage['repository'];
  tags: string[];
  labels?: Record<string, string>;
  /** Put an index of one platform above the image. */
  index?: boolean;
}

/** Makes an image of layers and sends it to its repository. */
export async function publish(
  { layers }: Stage,
  parts: Parts,
  publication: Publication,
): Promise<MadeImage> {
  const { images, repository, tags, labels, index } = publication;
  const image = await writeImage(parts.repository, {
    architecture: 'amd64',
    created: CREATED,
    layers,
    ...(labels && { labels }),
    history: layers.map(() => 'testbed'),
  });
  const root = index ? await writeIndex(parts.repository, image) : image;
  await copy(parts.repository, images.repository(repository), root, { tags });
  return { repository, digest: root.digest, tags };
}

async function writeIndex(repository: Repository, image: Descriptor): Promise<Descriptor> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const manifest: ImageIndex = { mediaType: OCI_INDEX, manifests: [{ ...image, platform }] };
  const { bytes, descriptor } = documentOf(manifest);
  await repository.write(descriptor, streamOf(bytes));
  return descriptor;
}
