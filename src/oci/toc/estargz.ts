import { gunzipBytes } from '../../file/compression/gzip.ts';
import { readTar } from '../../file/tar/tar.ts';
import { readAll, streamOf } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { isIndex, readManifest } from '../manifest.ts';
import type { ByteRange, Reader } from '../repository.ts';
import { invalid, parseTocJson } from './entry.ts';
import { estargzEntries } from './estargz-footer.ts';
import { type LayerToc, requireTocDigest, TOC_ANNOTATION, TOC_LIMIT } from './toc.ts';

/** In the image of tables: which layer a table is of. */
const LAYER_DIGEST = 'containerd.io/snapshot/stargz/layer.digest';
const TOC_NAME = 'stargz.index.json';
/** Footers of eStargz, of stargz before it and of an eStargz whose table is elsewhere. */
const SIZES = { estargz: 51, legacy: 47, external: 46 } as const;

/** What the end of a gzip layer says of its table. */
export interface EstargzFooter {
  kind: keyof typeof SIZES;
  /** Where the table starts; undefined when it is in an image of its own. */
  tocOffset?: number;
  size: number;
}

/**
 * Reads the table of contents of an eStargz layer; undefined when it has none. Where the footer
 * says that the table is in an image of its own, that image is the one of `tag` with `-esgztoc`
 * behind it (estargz.md, "External TOC").
 */
export async function readEstargzToc(
  reader: Reader,
  layer: Descriptor,
  tag?: string,
): Promise<LayerToc | undefined> {
  const wanted = layer.annotations?.[TOC_ANNOTATION.estargz];
  if (!layer.mediaType.endsWith('gzip') || layer.size < SIZES.estargz) return undefined;
  const range = { start: layer.size - SIZES.estargz, end: layer.size };
  const footer = parseEstargzFooter(
    await readAll(reader.read(layer, range), SIZES.estargz, 'footer'),
  );
  if (!footer) return undefined;
  const { tocOffset = layer.size - footer.size, size } = footer;
  const packed =
    footer.kind === 'external'
      ? await externalToc(reader, layer, tag)
      : await innerToc(reader, layer, { start: tocOffset, end: layer.size - size });
  if (!packed) return undefined;
  const json = await jsonIn(gunzipBytes(packed, TOC_LIMIT), layer.digest);
  if (wanted !== undefined) requireTocDigest(json, wanted, layer);
  const raws = parseTocJson(json, layer.digest);
  const entries = estargzEntries(raws, 'gzip', tocOffset, layer.digest);
  return { format: 'estargz', bound: wanted !== undefined, entries };
}

/**
 * Reads the last 51 bytes of a gzip layer: an empty member whose extra field holds the offset
 * (estargz.md, "Footer"). Undefined when they are an ordinary end.
 */
export function parseEstargzFooter(tail: Buffer): EstargzFooter | undefined {
  for (const kind of ['estargz', 'legacy', 'external'] as const) {
    const size = SIZES[kind];
    const extra = memberExtra(tail, size);
    const text = kind === 'legacy' ? extra : extra.slice(4);
    if (kind !== 'legacy' && !extra.startsWith('SG')) continue;
    if (kind === 'external' && text === 'STARGZEXTERNALTOC') return { kind, size };
    const [, offset] = /^([0-9a-fA-F]{16})STARGZ$/.exec(text) ?? [];
    if (offset) return { kind, tocOffset: Number.parseInt(offset, 16), size };
  }
  return undefined;
}

async function innerToc(reader: Reader, layer: Descriptor, place: ByteRange): Promise<Buffer> {
  if (place.start >= place.end) throw invalid('lies outside of it', layer.digest);
  return readAll(reader.read(layer, place), TOC_LIMIT, `table of ${layer.digest}`);
}

async function externalToc(
  reader: Reader,
  layer: Descriptor,
  tag: string | undefined,
): Promise<Buffer | undefined> {
  const root = tag === undefined ? undefined : await reader.resolve(`${tag}-esgztoc`);
  const { manifest } = root ? await readManifest(reader, root) : {};
  if (!manifest || isIndex(manifest)) return undefined;
  const toc = manifest.layers.find(
    ({ annotations }) => annotations?.[LAYER_DIGEST] === layer.digest,
  );
  return toc && readAll(reader.read(toc), TOC_LIMIT, `table of ${layer.digest}`);
}

/** The extra field of the gzip member of this size at the end of the bytes (RFC 1952, 2.3.1.1). */
function memberExtra(tail: Buffer, size: number): string {
  const member = tail.subarray(-size);
  if (tail.length < size || member.readUInt32BE(0) !== 0x1f8b0804) return '';
  return member.toString('latin1', 12, 12 + member.readUInt16LE(10));
}

async function jsonIn(tar: Uint8Array, where: string): Promise<Buffer> {
  for await (const { header, body } of readTar(streamOf(tar))) {
    if (header.path === TOC_NAME) return readAll(body, TOC_LIMIT, `table of ${where}`);
  }
  throw invalid('is not where the footer says', where);
}
