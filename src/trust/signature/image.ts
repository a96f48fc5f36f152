import { type ArtifactLayer, asImage, descriptorOf, writeLayer } from '../../oci/artifact.ts';
import { changeTag } from '../../oci/change-tag.ts';
import { ifThere, isBroken, readAll } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { documentOf, type ImageManifest, readManifest } from '../../oci/manifest.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../../oci/media-type.ts';
import { digestTag } from '../../oci/reference.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { readSignature, SIMPLE_SIGNING, type SimpleSignature } from './layer.ts';

/** Largest claim that is read: what containers-image takes (`iolimits.MaxSignatureBodySize`). */
const CLAIM_LIMIT = 4 << 20;

/** How many signatures of one image are looked at: the newest, as each is written behind the others. */
const COUNT_LIMIT = 256;

/** The tag under which cosign and hosts look for the signatures of a manifest. */
export function signatureTag(digest: Digest): string {
  return digestTag(digest, '.sig');
}

/** What lies beside a manifest under its `sha256-….sig` tag. */
export interface FoundSignatures {
  signatures: SimpleSignature[];
  /** How many there cannot be read: damaged, too large, or not there. */
  unreadable: number;
}

/** The signatures that lie beside a manifest; none when it has no such tag. */
export async function readSignatures(reader: Reader, digest: Digest): Promise<FoundSignatures> {
  const tag = signatureTag(digest);
  const image = await orUnreadable(ifThere(readImage(reader, tag)));
  if (image === 'unreadable') return { signatures: [], unreadable: 1 };
  return image ? signaturesOf(reader, image) : { signatures: [], unreadable: 0 };
}

/** What is to be added to the signatures that are there; empty: nothing. */
export type MissingLayers = (
  present: readonly SimpleSignature[],
) => Promise<readonly ArtifactLayer[]>;

/**
 * Adds signatures beside a manifest, below those of others, which stay also when they come at the
 * same time. Tells whether it wrote anything.
 */
export function addSignatures(
  repository: Repository,
  digest: Digest,
  missing: MissingLayers,
): Promise<boolean> {
  return changeTag(repository, signatureTag(digest), async (now) => {
    const image = now && (await readImage(repository, now));
    const present = image ? (await signaturesOf(repository, image)).signatures : [];
    const layers = await missing(present);
    if (layers.length === 0) return undefined;
    const all = [...(image?.layers ?? []), ...layers.map(descriptorOf)];
    const config = { mediaType: OCI_CONFIG, bytes: configFor(all) };
    await mapConcurrently([config, ...layers], 4, (layer) => writeLayer(repository, layer));
    const annotations = image?.annotations ? { annotations: image.annotations } : {};
    return documentOf({
      mediaType: OCI_MANIFEST,
      config: descriptorOf(config),
      layers: all,
      ...annotations,
    });
  });
}

async function readImage(reader: Reader, reference: string | Descriptor): Promise<ImageManifest> {
  return asImage(await readManifest(reader, reference)).manifest;
}

async function signaturesOf(reader: Reader, { layers }: ImageManifest): Promise<FoundSignatures> {
  const signed = layers.filter(({ mediaType }) => mediaType === SIMPLE_SIGNING);
  const read = await mapConcurrently(signed.slice(-COUNT_LIMIT), 4, async (layer) => {
    const { mediaType, annotations } = layer;
    const bytes = await orUnreadable(readAll(reader.read(layer), CLAIM_LIMIT, layer.digest));
    if (bytes === 'unreadable') return bytes;
    return readSignature({ mediaType, bytes, ...(annotations ? { annotations } : {}) });
  });
  const signatures = read.filter((one) => one != null && one !== 'unreadable');
  return { signatures, unreadable: read.filter((one) => one === 'unreadable').length };
}

async function orUnreadable<T>(reading: Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await reading;
  } catch (error) {
    if (isBroken(error)) return 'unreadable';
    throw error;
  }
}

/**
 * Cosign and skopeo extend such an image too, and expect that its config lists its layers. As
 * cosign writes it: no platform, the beginning of Go's time.
 */
function configFor(layers: readonly Descriptor[]): Buffer {
  const created = '0001-01-01T00:00:00Z';
  const config = {
    architecture: '',
    created,
    history: layers.map(() => ({ created })),
    os: '',
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
  return Buffer.from(JSON.stringify(config));
}
