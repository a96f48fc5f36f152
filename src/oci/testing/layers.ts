import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionOf, decompressBytes } from '../../file/compression/compression.ts';
import { type NewTarHeader, TAR_END, tarEntryBytes } from '../../file/tar/write.ts';
import { digestOf } from '../../system/digest.ts';
import type { Descriptor } from '../descriptor.ts';
import {
  OCI_CONFIG,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
} from '../media-type.ts';
import type { Repository } from '../repository.ts';
import { putBlob, putManifest } from './image.ts';

/** A file by its path: its content, a symbolic link `{to}`, a hard link `{same}`, or a folder `null`. */
export type LayerFiles = Record<
  string,
  string | Uint8Array | null | { to: string } | { same: string }
>;

/** The tar archive of a layer with these files in this order. */
export function tarLayer(files: LayerFiles): Buffer {
  const entries = Object.entries(files).map(([path, file]) => entryBytes(path, file));
  return Buffer.concat([...entries, TAR_END]);
}

export function gzipLayer(files: LayerFiles): Buffer {
  return gzipSync(tarLayer(files));
}

/** A layer of several zstd frames, as parallel compressors make them. */
export function zstdLayer(files: LayerFiles): Buffer {
  const tar = tarLayer(files);
  const middle = Math.floor(tar.length / 2);
  return Buffer.concat(
    [tar.subarray(0, middle), tar.subarray(middle)].map((part) => zstdCompressSync(part)),
  );
}

function entryBytes(path: string, file: LayerFiles[string]): Buffer {
  if (typeof file === 'string' || file instanceof Uint8Array) {
    return tarEntryBytes({ path }, Buffer.from(file));
  }
  return tarEntryBytes(headerOf(path, file));
}

function headerOf(path: string, file: { to: string } | { same: string } | null): NewTarHeader {
  if (file === null) return { path, type: 'directory' };
  if ('to' in file) return { path, type: 'symlink', linkPath: file.to };
  return { path, type: 'hardlink', linkPath: file.same };
}

export interface LayeredParts {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Comment of the history of each layer. */
  history?: string[];
  tag?: string;
}

/** Writes an image of these layers that every tool can unpack: right media types and digests. */
export async function putLayers(
  repository: Repository,
  layers: readonly Buffer[],
  parts: LayeredParts = {},
): Promise<Descriptor> {
  const stored: Descriptor[] = [];
  for (const layer of layers) stored.push(await putBlob(repository, typeOf(layer), layer));
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: parts.labels ?? {} },
    history: parts.history?.map((comment) => ({ comment })),
    rootfs: {
      type: 'layers',
      diff_ids: layers.map((layer) => digestOf(decompressBytes(layer, 1 << 30))),
    },
  };
  const manifest = {
    mediaType: OCI_MANIFEST,
    config: await putBlob(repository, OCI_CONFIG, JSON.stringify(config)),
    layers: stored,
    ...(parts.annotations ? { annotations: parts.annotations } : {}),
  };
  return putManifest(repository, manifest, parts.tag);
}

function typeOf(layer: Buffer): string {
  return { gzip: OCI_LAYER_GZIP, zstd: OCI_LAYER_ZSTD, xz: OCI_LAYER, none: OCI_LAYER }[
    compressionOf(layer)
  ];
}
