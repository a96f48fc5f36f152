import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decompress } from '../../file/compression/compression.ts';
import { type Digest, digestOfFile } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { readAll, streamOf } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import {
  documentOf,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  type Manifest,
  readManifest,
} from '../manifest.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_ZSTD, OCI_MANIFEST } from '../media-type.ts';
import type { Reader, Repository, Writer } from '../repository.ts';
import { CHUNKED_CHECKSUM } from './chunked.ts';
import { type ChunkedSummary, chunkedLayer } from './chunked-write.ts';

const CONFIG_LIMIT = 16 << 20;

export interface ChunkImageOptions {
  /** A folder on disk for one layer at a time (default: the system's own place). */
  scratch?: string;
  /** Level of zstd (default 3). */
  level?: number;
}

/**
 * Copies an image, or an index with all its images, with every layer as zstd:chunked, so that
 * others can look inside without pulling it. The archives inside and the config stay as they
 * are; the manifest gets another digest, which is returned, untagged. Layers that are
 * zstd:chunked already are copied.
 */
export async function chunkImage(
  from: Reader,
  to: Repository,
  root: Descriptor,
  options: ChunkImageOptions = {},
): Promise<Descriptor> {
  const { manifest } = await readManifest(from, root);
  const changed = isIndex(manifest)
    ? await chunkIndex(from, to, manifest, options)
    : await chunkManifest(from, to, manifest, options);
  const { descriptor, bytes } = documentOf<Manifest>(changed);
  await to.write(descriptor, streamOf(bytes));
  return descriptor;
}

async function chunkIndex(
  from: Reader,
  to: Repository,
  index: ImageIndex,
  options: ChunkImageOptions,
): Promise<ImageIndex> {
  const manifests: Descriptor[] = [];
  for (const member of index.manifests) {
    manifests.push({ ...member, ...(await chunkImage(from, to, member, options)) });
  }
  return { ...index, mediaType: OCI_INDEX, manifests };
}

async function chunkManifest(
  from: Reader,
  to: Repository,
  image: ImageManifest,
  options: ChunkImageOptions,
): Promise<ImageManifest> {
  const diffIds = await diffIdsOf(from, image.config);
  const layers: Descriptor[] = [];
  for (const [index, layer] of image.layers.entries()) {
    layers.push(await chunkLayer(from, to, layer, { ...options, diffId: diffIds[index] }));
  }
  const config = { ...image.config, mediaType: OCI_CONFIG };
  await to.write(config, from.read(image.config));
  return { ...image, mediaType: OCI_MANIFEST, config, layers };
}

interface LayerOptions extends ChunkImageOptions {
  diffId: string | undefined;
}

async function chunkLayer(
  from: Reader,
  to: Repository,
  layer: Descriptor,
  options: LayerOptions,
): Promise<Descriptor> {
  if (layer.annotations?.[CHUNKED_CHECKSUM] !== undefined) {
    await to.write(layer, from.read(layer));
    return layer;
  }
  const { descriptor, diffId } = await writeChunkedLayer(to, decompress(from.read(layer)), options);
  requireDiffId(layer, diffId, options.diffId);
  return { ...descriptor, annotations: { ...layer.annotations, ...descriptor.annotations } };
}

/**
 * Compresses a tar archive as zstd:chunked and stores it, by way of a file; gives the layer's
 * descriptor, whose annotations must go into the manifest, and the digest of the archive.
 */
export async function writeChunkedLayer(
  to: Writer,
  tar: AsyncIterable<Uint8Array>,
  options: ChunkImageOptions = {},
): Promise<{ descriptor: Descriptor; diffId: Digest }> {
  await using folder = await temporaryFolder(options.scratch);
  const file = join(folder.path, 'layer');
  const summary = Promise.withResolvers<ChunkedSummary>();
  const { level } = options;
  const how = { onEnd: summary.resolve, ...(level === undefined ? {} : { level }) };
  await pipeline(chunkedLayer(tar, how), createWriteStream(file));
  const { annotations, diffId } = await summary.promise;
  const descriptor = { mediaType: OCI_LAYER_ZSTD, ...(await digestOfFile(file)), annotations };
  await to.write(descriptor, createReadStream(file));
  return { descriptor, diffId };
}

function requireDiffId(layer: Descriptor, found: string, wanted: string | undefined): void {
  if (wanted === undefined || found === wanted) return;
  throw new LockstepError(
    'digest-mismatch',
    `archive in layer ${layer.digest} is ${found}, the config says ${wanted}`,
    { context: { digest: layer.digest } },
  );
}

async function diffIdsOf(from: Reader, config: Descriptor): Promise<string[]> {
  const bytes = await readAll(from.read(config), CONFIG_LIMIT, `config ${config.digest}`);
  try {
    const value = JSON.parse(bytes.toString()) as { rootfs?: { diff_ids?: unknown } } | null;
    const ids = value?.rootfs?.diff_ids;
    return Array.isArray(ids) ? ids.map(String) : [];
  } catch {
    return [];
  }
}
