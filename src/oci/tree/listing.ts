import { decompress } from '../../file/compression/compression.ts';
import { archivePath } from '../../file/path.ts';
import { readTar, type TarEntry, type TarHeader } from '../../file/tar/tar.ts';
import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { isArchiveLayer, isForeignLayer } from '../media-type.ts';
import type { Reader } from '../repository.ts';
import { readToc } from '../toc/read.ts';
import { type ContentPlace, hasBoundToc, type TocFormat } from '../toc/toc.ts';

/** Whose word is taken for what is in a layer: its own table of contents where it is bound, or only the archive. */
export type Contents = 'toc' | 'tar';

/** How one layer was looked into. */
export interface LayerLook {
  digest: string;
  /** `tar` when it was streamed from its beginning, `index` when the manifest's own index was enough. */
  by: TocFormat | 'tar' | 'index';
}

/** One entry of a layer. */
export interface LayerEntry {
  header: TarHeader;
  /** Its place among the entries of the layer. */
  ordinal: number;
  /** Where its bytes lie, when a table of contents says so. */
  place?: ContentPlace;
  /** Its bytes, when they were to be kept. */
  content?: Buffer;
}

/** Contents that are kept while names are read, so that a layer need not be streamed again. */
export interface Keep {
  wants: (path: string) => boolean;
  /** Bytes that may still be kept, of all layers together. */
  left: number;
}

/** How many bytes a layer may become for each of its own, above a gibibyte that all may have. */
const MOST_RATIO = 256;
const FREE = 2 ** 30;

export interface OpenLayerOptions {
  contents: Contents;
  /** The tag by which the image was asked for; some tables are found by it. */
  tag?: string | undefined;
  keep?: Keep | undefined;
}

/** Opens a layer for listing: by its table of contents when that is wanted and can be trusted. */
export async function openLayer(
  reader: Reader,
  layer: Descriptor,
  { contents, tag, keep }: OpenLayerOptions,
): Promise<{ look: LayerLook; entries: AsyncIterable<LayerEntry> }> {
  const promised = contents === 'toc' && hasBoundToc(layer);
  const toc = promised ? await readToc(reader, layer, tag) : undefined;
  if (!toc?.bound) {
    return {
      look: { digest: layer.digest, by: 'tar' },
      entries: streamedEntries(reader, layer, keep),
    };
  }
  const numbered = toc.entries.map((entry, ordinal) => ({ ...entry, ordinal }));
  return { look: { digest: layer.digest, by: toc.format }, entries: inTurn(numbered) };
}

/**
 * The entries of a layer with their content, decompressed as they come; whatever compression
 * it has, told by its first bytes. A whole read is checked against the layer's digest.
 */
export function layerEntries(reader: Reader, layer: Descriptor): AsyncGenerator<TarEntry> {
  if (isForeignLayer(layer.mediaType)) {
    throw new LockstepError('unsupported', `layer ${layer.digest} is not kept in registries`, {
      context: { digest: layer.digest },
    });
  }
  if (!isArchiveLayer(layer.mediaType)) {
    throw new LockstepError('unsupported', `${reader.name}: this is no image of files`, {
      context: { digest: layer.digest },
      hint: `it holds ${layer.mediaType}`,
    });
  }
  const entries = readTar(bounded(decompress(reader.read(layer)), layer));
  return named(entries, layer, reader.name);
}

async function* streamedEntries(
  reader: Reader,
  layer: Descriptor,
  keep: Keep | undefined,
): AsyncGenerator<LayerEntry> {
  let ordinal = 0;
  for await (const { header, body } of layerEntries(reader, layer)) {
    const entry: LayerEntry = { header, ordinal: ordinal++ };
    if (keep && isKept(header, keep)) {
      keep.left -= header.size;
      entry.content = await readAll(body, header.size, header.path);
    }
    yield entry;
  }
}

function isKept({ type, size, path }: TarHeader, keep: Keep): boolean {
  return type === 'file' && size > 0 && size <= keep.left && keep.wants(archivePath(path));
}

async function* inTurn(entries: readonly LayerEntry[]): AsyncGenerator<LayerEntry> {
  yield* entries;
}

/** Says of damage which layer of which repository it is in. */
async function* named(
  entries: AsyncIterable<TarEntry>,
  layer: Descriptor,
  where: string,
): AsyncGenerator<TarEntry> {
  const name = (cause: unknown) => inLayer(cause, layer, where);
  for await (const entry of renamed(entries, name)) {
    const stored = { ...entry.stored, content: renamed(entry.stored.content, name) };
    yield { ...entry, body: renamed(entry.body, name), stored };
  }
}

async function* renamed<T>(
  items: AsyncIterable<T>,
  name: (cause: unknown) => unknown,
): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (cause) {
    throw name(cause);
  }
}

function inLayer(cause: unknown, { digest }: Descriptor, where: string): unknown {
  if (!(cause instanceof LockstepError) || cause.message.includes(digest)) return cause;
  const message = `${where}: layer ${digest}: ${cause.message}`;
  return new LockstepError(cause.code, message, { cause, context: { ...cause.context, digest } });
}

/** Stops a layer that becomes far larger than any honest one. */
async function* bounded(
  stream: AsyncIterable<Uint8Array>,
  layer: Descriptor,
): AsyncGenerator<Uint8Array> {
  const limit = FREE + MOST_RATIO * layer.size;
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) {
      throw new LockstepError(
        'limit-exceeded',
        `layer ${layer.digest} of ${layer.size} bytes becomes more than ${limit}`,
        { context: { digest: layer.digest } },
      );
    }
    yield chunk;
  }
}
