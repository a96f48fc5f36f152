import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Descriptor } from '../oci/descriptor.ts';
import { OCI_LAYER_GZIP } from '../oci/media-type.ts';
import type { Repository } from '../oci/repository.ts';
import { writeChunkedLayer } from '../oci/toc/chunked-image.ts';
import type { Digest } from '../system/digest.ts';
import { temporaryFolder } from '../system/temporary.ts';

/** A stored layer: what a manifest and a configuration say of it. */
export interface StoredLayer {
  descriptor: Descriptor;
  /** Digest of the uncompressed tar (OCI image-spec, config.md, `rootfs.diff_ids`). */
  diffId: Digest;
}

/** Faster than zlib's default by half, larger by a few per cent. */
const LEVEL = 4;

/** How layers are compressed (`publish.compression`). */
export type LayerCompression = 'gzip' | 'zstd:chunked';

/** Where a layer is made, and how. */
export interface LayerOptions {
  /** A folder with room for the compressed layer. */
  scratch: string;
  /** Default gzip. */
  compression?: LayerCompression;
}

/** Compresses a tar and stores it. */
export async function writeLayer(
  repository: Repository,
  tar: AsyncIterable<Uint8Array>,
  { scratch, compression = 'gzip' }: LayerOptions,
): Promise<StoredLayer> {
  if (compression === 'zstd:chunked') return writeChunkedLayer(repository, tar, { scratch });
  await using folder = await temporaryFolder(scratch);
  const path = join(folder.path, 'layer');
  const plain = createHash('sha256');
  const packed = createHash('sha256');
  let size = 0;
  await pipeline(
    Readable.from(
      hashing(tar, (chunk) => plain.update(chunk)),
      { objectMode: false },
    ),
    createGzip({ level: LEVEL, chunkSize: 1 << 18 }),
    (chunks: AsyncIterable<Uint8Array>) =>
      hashing(chunks, (chunk) => {
        packed.update(chunk);
        size += chunk.length;
      }),
    createWriteStream(path),
  );
  const digest: Digest = `sha256:${packed.digest('hex')}`;
  const descriptor = { mediaType: OCI_LAYER_GZIP, digest, size };
  // Left unread where the repository has it already.
  await using content = createReadStream(path);
  await repository.write(descriptor, content);
  return { descriptor, diffId: `sha256:${plain.digest('hex')}` };
}

async function* hashing(
  chunks: AsyncIterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}
