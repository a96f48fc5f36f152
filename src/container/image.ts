import { z } from 'zod';
import { asImage } from '../oci/artifact.ts';
import { readAll, streamOf } from '../oci/content.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { documentOf, type ImageManifest, readManifest } from '../oci/manifest.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../oci/media-type.ts';
import type { Reader, Repository } from '../oci/repository.ts';
import { type Digest, digestOf, isDigest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import type { StoredLayer } from './layer.ts';

/** Largest configuration of an image that is read: bytes. */
const CONFIG_LIMIT = 4 << 20;

export interface NewImage {
  architecture: string;
  /** ISO 8601. */
  created: string;
  layers: StoredLayer[];
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  /** How containers of the image are run (OCI image-spec 1.1, config.md, `config`). */
  runtime?: Readonly<Record<string, unknown>>;
  /** What made each layer, for people who look at the history. */
  history: string[];
}

/** Stores configuration and manifest of an image whose layers are stored; points no tag at it. */
export async function writeImage(repository: Repository, image: NewImage): Promise<Descriptor> {
  const config = Buffer.from(JSON.stringify(configOf(image)));
  const configDescriptor = { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length };
  await repository.write(configDescriptor, streamOf(config));
  const manifest: ImageManifest = {
    mediaType: OCI_MANIFEST,
    config: configDescriptor,
    layers: image.layers.map((layer) => layer.descriptor),
    ...(image.annotations && { annotations: image.annotations }),
  };
  const { bytes, descriptor } = documentOf(manifest);
  await repository.write(descriptor, streamOf(bytes));
  return descriptor;
}

/** OCI image-spec 1.1, config.md. */
function configOf(image: NewImage): object {
  const { architecture, created, labels, layers, history, runtime } = image;
  return {
    created,
    architecture,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ...runtime,
      ...(labels && { Labels: labels }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: history.map((created_by) => ({ created, created_by })),
  };
}

/** Digests of the uncompressed layers, in their order, as an image's configuration names them. */
export async function readDiffIds(reader: Reader, config: Descriptor): Promise<Digest[]> {
  return (await readConfig(reader, config)).rootfs.diff_ids;
}

/** The layers of a stored image, as an image that is made of it names them. */
export async function readLayers(
  reader: Reader,
  reference: string | Descriptor,
): Promise<StoredLayer[]> {
  const { manifest } = asImage(await readManifest(reader, reference));
  const diffIds = await readDiffIds(reader, manifest.config);
  return manifest.layers.map((descriptor, at) => ({
    descriptor,
    diffId: diffIds[at] as Digest,
  }));
}

/** How containers of an image are run, and its labels apart. */
export async function readRuntime(
  reader: Reader,
  config: Descriptor,
): Promise<{ labels: Record<string, string>; runtime: Record<string, unknown> }> {
  const { Labels: labels, ...runtime } = (await readConfig(reader, config)).config ?? {};
  return { labels: Labels.safeParse(labels).data ?? {}, runtime };
}

const Labels = z.record(z.string(), z.string());
const ConfigShape = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string().refine(isDigest)) }),
  config: z.record(z.string(), z.unknown()).nullish(),
});

async function readConfig(
  reader: Reader,
  config: Descriptor,
): Promise<z.infer<typeof ConfigShape>> {
  const bytes = await readAll(reader.read(config), CONFIG_LIMIT, `configuration ${config.digest}`);
  const parsed = ConfigShape.safeParse(JSON.parse(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new LockstepError('invalid-content', `${config.digest} is not an image's configuration`);
}
