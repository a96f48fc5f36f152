import { createReadStream } from 'node:fs';
import { digestOf, digestOfFile } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { checked } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { documentOf } from './manifest.ts';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from './media-type.ts';
import type { ByteRange, Reader } from './repository.ts';

/** A tar archive seen as an image of one layer. */
export interface TarImage {
  reader: Reader;
  descriptor: Descriptor;
}

/**
 * Opens a tar archive, compressed or not, as an image, so that everything that reads images reads
 * it where it lies. Throws `usage` when the file cannot be read.
 */
export async function openTarImage(path: string): Promise<TarImage> {
  const found = await digestOfFile(path).catch((cause: Error) => {
    throw new LockstepError('usage', `cannot read ${path}: ${cause.message}`, { cause });
  });
  const layer = { mediaType: OCI_LAYER, ...found };
  const config = Buffer.from('{}');
  const configured = { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length };
  const image = { mediaType: OCI_MANIFEST, config: configured, layers: [layer] };
  const { descriptor, bytes } = documentOf(image);
  const small = new Map([
    [descriptor.digest, bytes],
    [configured.digest, config],
  ]);
  const open = ({ digest }: Descriptor, range?: ByteRange) => {
    const content = small.get(digest);
    if (content) return [content.subarray(range?.start, range?.end)];
    return createReadStream(path, range && { start: range.start, end: range.end - 1 });
  };
  const known = (wanted: Descriptor) => small.has(wanted.digest) || wanted.digest === layer.digest;
  const reader: Reader = {
    name: path,
    resolve: async (reference) => (reference === descriptor.digest ? descriptor : undefined),
    has: async (wanted) => known(wanted),
    read: (wanted, range) => readChecked(open(wanted, range), wanted, range ? undefined : path),
    tags: async () => [],
    referrers: async () => [],
  };
  return { reader, descriptor };
}

async function* readChecked(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  where: string | undefined,
): AsyncGenerator<Uint8Array> {
  yield* where === undefined ? chunks : checked(chunks, descriptor, where);
}
