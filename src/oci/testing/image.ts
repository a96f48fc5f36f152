import { digestOf } from '../../system/digest.ts';
import { streamOf } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { documentOf, type ImageManifest, type Manifest } from '../manifest.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../media-type.ts';
import type { Repository } from '../repository.ts';

export interface ImageParts {
  /** Content of each layer (default: one small layer made of `seed`). */
  layers?: (Uint8Array | string)[];
  /** Makes images differ. */
  seed?: string;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  architecture?: string;
  subject?: Descriptor;
  artifactType?: string;
  tag?: string;
}

/** Writes an image that every tool accepts and gives its descriptor. */
export async function putImage(
  repository: Repository,
  parts: ImageParts = {},
): Promise<Descriptor> {
  const layers: Descriptor[] = [];
  for (const layer of parts.layers ?? [`layer of ${parts.seed ?? 'an image'}`]) {
    layers.push(await putBlob(repository, OCI_LAYER, layer));
  }
  const config = await putBlob(repository, OCI_CONFIG, configOf(parts, layers));
  return putManifest(repository, imageOf(parts, config, layers), parts.tag);
}

/** Writes an index over manifests that are there. */
export function putIndex(
  repository: Repository,
  manifests: Descriptor[],
  parts: Pick<ImageParts, 'tag' | 'annotations'> = {},
): Promise<Descriptor> {
  const annotations = parts.annotations ? { annotations: parts.annotations } : {};
  return putManifest(repository, { mediaType: OCI_INDEX, manifests, ...annotations }, parts.tag);
}

export async function putManifest(
  repository: Repository,
  manifest: Manifest,
  tag?: string,
): Promise<Descriptor> {
  const { descriptor, bytes } = documentOf(manifest);
  await repository.write(descriptor, streamOf(bytes));
  if (tag != null) await repository.tag(tag, descriptor);
  return descriptor;
}

export async function putBlob(
  repository: Repository,
  mediaType: string,
  content: Uint8Array | string,
): Promise<Descriptor> {
  const bytes = Buffer.from(content);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await repository.write(descriptor, streamOf(bytes));
  return descriptor;
}

function configOf(parts: ImageParts, layers: Descriptor[]): string {
  return JSON.stringify({
    architecture: parts.architecture ?? 'amd64',
    os: 'linux',
    config: { Labels: parts.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
}

function imageOf(parts: ImageParts, config: Descriptor, layers: Descriptor[]): ImageManifest {
  const { subject, annotations, artifactType } = parts;
  return {
    mediaType: OCI_MANIFEST,
    ...(artifactType == null ? {} : { artifactType }),
    config,
    layers,
    ...(subject ? { subject } : {}),
    ...(annotations ? { annotations } : {}),
  };
}
