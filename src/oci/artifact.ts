import { mapConcurrently } from '../system/concurrency.ts';
import { type Digest, digestOf } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { isBroken, readAll, streamOf } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import {
  documentOf,
  type ImageManifest,
  isIndex,
  type ManifestDocument,
  readManifest,
} from './manifest.ts';
import { OCI_EMPTY, OCI_MANIFEST } from './media-type.ts';
import type { Reader, Repository } from './repository.ts';

/** Largest layer of an artifact that is read into memory. */
export const ARTIFACT_LAYER_LIMIT = 64 << 20;

/** Layers that travel at the same time. */
const CONCURRENCY = 4;

/** `{}`: the config of artifacts that have none (OCI image-spec 1.1, manifest.md). */
const EMPTY = Buffer.from('{}');

/** Something small that is kept beside images: a run record, a signature, a verdict. */
export interface Artifact {
  artifactType: string;
  /** What it speaks of; it need not be there yet. */
  subject?: Descriptor;
  annotations?: Record<string, string>;
  layers: ArtifactLayer[];
}

/** An artifact to be written; layers that are stored already are named by their descriptors. */
export interface NewArtifact extends Omit<Artifact, 'layers'> {
  layers: (ArtifactLayer | Descriptor)[];
  /** True when its layers were made a moment ago: nobody is asked whether they are stored. */
  isNew?: boolean;
}

export interface ArtifactLayer {
  mediaType: string;
  bytes: Uint8Array;
  annotations?: Record<string, string>;
}

/**
 * Stores an artifact (OCI image-spec 1.1, "Guidelines for artifact usage") and returns its
 * descriptor; give it a tag, or find it again by its subject. The same artifact has the same digest.
 */
export async function writeArtifact(
  repository: Repository,
  artifact: NewArtifact,
): Promise<Descriptor> {
  const [config, layers] = await Promise.all([
    writeLayer(repository, { mediaType: OCI_EMPTY, bytes: EMPTY }),
    mapConcurrently(artifact.layers, CONCURRENCY, async (layer) =>
      'digest' in layer ? layer : writeLayer(repository, layer, artifact.isNew),
    ),
  ]);
  const document = documentOf(manifestOf(artifact, config, layers.length > 0 ? layers : [config]));
  await repository.write(document.descriptor, streamOf(document.bytes));
  return { ...document.descriptor, artifactType: artifact.artifactType };
}

/** Reads an artifact with its layers, of which each may have 64 MiB; throws `not-found`. */
export async function readArtifact(
  reader: Reader,
  reference: string | Descriptor,
): Promise<Artifact & { descriptor: Descriptor }> {
  return artifactIn(reader, await readManifest(reader, reference));
}

/** The same; undefined for one that is broken or not there, so that it hides no other. */
export async function tryArtifact(
  reader: Reader,
  reference: string | Descriptor,
): Promise<(Artifact & { descriptor: Descriptor }) | undefined> {
  try {
    return await readArtifact(reader, reference);
  } catch (error) {
    if (isBroken(error)) return undefined;
    throw error;
  }
}

/** The artifact of a manifest that was read already, with its layers. */
export async function artifactIn(
  reader: Reader,
  document: ManifestDocument,
): Promise<Artifact & { descriptor: Descriptor }> {
  const { descriptor, manifest } = asImage(document);
  const layers: ArtifactLayer[] = [];
  for (const layer of manifest.layers) {
    const { mediaType, annotations } = layer;
    const bytes = await readAll(reader.read(layer), ARTIFACT_LAYER_LIMIT, layer.digest);
    layers.push({ mediaType, bytes, ...(annotations ? { annotations } : {}) });
  }
  const artifactType = manifest.artifactType ?? manifest.config.mediaType;
  const { subject, annotations } = manifest;
  return {
    descriptor,
    artifactType,
    layers,
    ...(subject ? { subject } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** The document as an image; an index is refused with `invalid-content`. */
export function asImage(document: ManifestDocument): ManifestDocument<ImageManifest> {
  const { manifest } = document;
  if (!isIndex(manifest)) return { ...document, manifest };
  throw new LockstepError('invalid-content', `${document.descriptor.digest} is an index`, {
    hint: 'name one of the manifests that it lists',
  });
}

/** Layers that are being stored, by repository. */
const underway = new WeakMap<Repository, Map<Digest, Promise<void>>>();

/**
 * Stores a layer unless it is there already, and gives the descriptor that names it. What several
 * artifacts have in common, as their empty config, is stored once when they are written at once.
 */
export async function writeLayer(
  repository: Repository,
  layer: ArtifactLayer,
  isNew = false,
): Promise<Descriptor> {
  const descriptor = descriptorOf(layer);
  const { digest } = descriptor;
  const stores = underway.get(repository) ?? new Map<Digest, Promise<void>>();
  underway.set(repository, stores);
  const store =
    stores.get(digest) ?? storeOnce(repository, { descriptor, bytes: layer.bytes, isNew });
  stores.set(digest, store);
  await store.finally(() => stores.delete(digest));
  return descriptor;
}

async function storeOnce(
  repository: Repository,
  { descriptor, bytes, isNew }: { descriptor: Descriptor; bytes: Uint8Array; isNew: boolean },
): Promise<void> {
  if (!isNew && (await repository.has(descriptor))) return;
  await repository.write(descriptor, streamOf(bytes));
}

/** The descriptor that names a layer, stored or not. */
export function descriptorOf({ mediaType, bytes, annotations }: ArtifactLayer): Descriptor {
  const named = { mediaType, digest: digestOf(bytes), size: bytes.length };
  return { ...named, ...(annotations ? { annotations } : {}) };
}

function manifestOf(
  artifact: NewArtifact,
  config: Descriptor,
  layers: Descriptor[],
): ImageManifest {
  const { artifactType, subject, annotations } = artifact;
  return {
    mediaType: OCI_MANIFEST,
    artifactType,
    config,
    layers,
    ...(subject ? { subject: nameOf(subject) } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

function nameOf({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
