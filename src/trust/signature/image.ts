import { type ArtifactLayer, asImage, descriptorOf, writeLayer } from '../../oci/artifact.ts';
import { changeTag } from '../../oci/change-tag.ts';
import { ifThere, readAll } from '../../oci/content.ts';
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

/** How many signatures of one image are looked at. */
const COUNT_LIMIT = 256;

/** The tag under which cosign and hosts look for the signatures of a manifest. */
export function signatureTag(digest: Digest): string {
  return digestTag(digest, '.sig');
}

/** The signatures that lie beside a manifest under its `sha256-….sig` tag; none when there is none. */
export async function readSignatures(reader: Reader, digest: Digest): Promise<SimpleSignature[]> {
  const image = await ifThere(readImage(reader, signatureTag(digest)));
  return image ? signaturesOf(reader, image) : [];
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
    const layers = await missing(image ? await signaturesOf(repository, image) : []);
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

async function signaturesOf(reader: Reader, { layers }: ImageManifest): Promise<SimpleSignature[]> {
  const signed = layers.filter(({ mediaType }) => mediaType === SIMPLE_SIGNING);
  const read = await mapConcurrently(signed.slice(0, COUNT_LIMIT), 4, async (layer) => {
    const { mediaType, annotations } = layer;
    const bytes = await readAll(reader.read(layer), CLAIM_LIMIT, layer.digest);
    return readSignature({ mediaType, bytes, ...(annotations ? { annotations } : {}) });
  });
  return read.filter((signature) => signature != null);
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
