import { type ArtifactLayer, tryArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { BUNDLE_TYPE, type Bundle, isBundleType, readBundle } from './bundle.ts';

/** Annotations by which clients choose among bundles without reading them. */
const CONTENT = 'dev.sigstore.bundle.content';
const PREDICATE_TYPE = 'dev.sigstore.bundle.predicateType';
const CREATED = 'org.opencontainers.image.created';

/** How many bundles of one manifest are looked at. */
const COUNT_LIMIT = 256;

/** A bundle that is attached to a manifest. */
export interface AttachedBundle {
  /** The manifest that holds it. */
  descriptor: Descriptor;
  /** What its annotations say that it attests; whoever wrote them. */
  predicateType: string | undefined;
  /** Reads it; undefined for what is no bundle. */
  read: () => Promise<Bundle | undefined>;
}

/** What a bundle is stored with. */
export interface AttachOptions {
  predicateType: string;
  now: Date;
}

/** Attaches a bundle to a manifest, as cosign 3 and `gh` find it. */
export function attachBundle(
  repository: Repository,
  { subject, bytes }: { subject: Descriptor; bytes: Uint8Array },
  { predicateType, now }: AttachOptions,
): Promise<Descriptor> {
  return writeArtifact(repository, {
    artifactType: BUNDLE_TYPE,
    subject,
    annotations: {
      [CONTENT]: 'dsse-envelope',
      [PREDICATE_TYPE]: predicateType,
      [CREATED]: `${now.toISOString().slice(0, 19)}Z`,
    },
    layers: [{ mediaType: BUNDLE_TYPE, bytes }],
    isNew: true,
  });
}

/** The bundles that are attached to a manifest, in the order of the list. */
export async function listBundles(reader: Reader, subject: Digest): Promise<AttachedBundle[]> {
  const entries = await reader.referrers(subject);
  return entries
    .filter(({ artifactType }) => isBundleType(artifactType))
    .slice(0, COUNT_LIMIT)
    .map((descriptor) => ({
      descriptor,
      predicateType: descriptor.annotations?.[PREDICATE_TYPE],
      read: () => readAttached(reader, descriptor),
    }));
}

async function readAttached(reader: Reader, entry: Descriptor): Promise<Bundle | undefined> {
  const layer = await readLayer(reader, entry, isBundleType);
  return layer && readBundle(layer.bytes);
}

/**
 * The first layer of such a type in what is attached; undefined when it cannot be had. Anybody who
 * may write can attach something broken, and that must not hide what others have attached.
 */
export async function readLayer(
  reader: Reader,
  entry: Descriptor,
  isWanted: (mediaType: string) => boolean,
): Promise<ArtifactLayer | undefined> {
  const artifact = await tryArtifact(reader, entry);
  return artifact?.layers.find(({ mediaType }) => isWanted(mediaType));
}
