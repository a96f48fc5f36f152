import { unzstdBytes } from '../../file/compression/zstd.ts';
import { readAll } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { headerOf, invalid, parseTocJson, type RawTocEntry, requirePieces } from './entry.ts';
import { estargzEntries } from './estargz-footer.ts';
import {
  type LayerToc,
  requireTocDigest,
  TOC_ANNOTATION,
  TOC_LIMIT,
  type TocEntry,
} from './toc.ts';

/** Annotations of the dialect of containers/storage. */
export const CHUNKED_CHECKSUM = TOC_ANNOTATION.chunked;
export const CHUNKED_POSITION = 'io.github.containers.zstd-chunked.manifest-position';
/** Annotations of the stargz snapshotter, and of containers/storage before it had its own. */
const STARGZ_POSITION = 'io.containers.zstd-chunked.manifest-position';

/** The last eight bytes of a layer. The second one has the shorter footer. */
export const CHUNKED_MAGIC = 'GNUlInUx';
const STARGZ_MAGIC = 'GnUlInUx';
export const CHUNKED_FOOTER = 64;
const STARGZ_FOOTER = 40;
/** A skippable frame before the table: magic and length (RFC 8878, 3.1.2). */
const FRAME_HEADER = 8;

interface Position {
  start: number;
  size: number;
  rawSize: number;
  checksum?: string;
}

/**
 * Reads the table of contents of a zstd:chunked layer, of either dialect: containers/storage
 * says where files end, the stargz snapshotter does not. Neither annotations nor footers tell
 * them apart, as containers/storage once used the same as the other. A layer whose
 * annotations promise one but whose bytes are not zstd has none (seen in the field: gzip layers
 * that kept the annotations of their zstd twins).
 */
export async function readChunkedToc(
  reader: Reader,
  layer: Descriptor,
): Promise<LayerToc | undefined> {
  const position = annotated(layer) ?? (await footer(reader, layer));
  if (!position) return undefined;
  const { start, size, rawSize, checksum } = position;
  if (start < FRAME_HEADER || start + size > layer.size || size === 0 || rawSize > TOC_LIMIT) {
    throw invalid('lies outside of it', layer.digest);
  }
  const range = { start, end: start + size };
  const compressed = await readAll(reader.read(layer, range), size, `table of ${layer.digest}`);
  if (!isZstd(compressed) && !(await isZstdLayer(reader, layer))) return undefined;
  if (checksum !== undefined) requireTocDigest(compressed, checksum, layer);
  const json = unzstdBytes(compressed, Math.min(rawSize, TOC_LIMIT));
  const raws = parseTocJson(json, layer.digest);
  const end = start - FRAME_HEADER;
  const stargz = !raws.some(({ endOffset }) => endOffset > 0);
  return {
    format: stargz ? 'zstd:chunked (stargz)' : 'zstd:chunked',
    bound: checksum !== undefined,
    entries: stargz
      ? estargzEntries(raws, 'zstd', end, layer.digest)
      : entriesOf(raws, end, layer.digest),
  };
}

/** The place in `offset:size:rawSize[:type]`. */
function annotated(layer: Descriptor): Position | undefined {
  const { annotations = {} } = layer;
  const containers = annotations[CHUNKED_POSITION];
  const text = containers ?? annotations[STARGZ_POSITION];
  const checksum = annotations[containers === undefined ? TOC_ANNOTATION.stargz : CHUNKED_CHECKSUM];
  const [, start, size, rawSize, type = '1'] =
    /^(\d+):(\d+):(\d+)(?::(\d+))?$/.exec(text ?? '') ?? [];
  if (start === undefined || type !== '1' || checksum === undefined) return undefined;
  return { start: Number(start), size: Number(size), rawSize: Number(rawSize), checksum };
}

async function footer(reader: Reader, layer: Descriptor): Promise<Position | undefined> {
  if (!layer.mediaType.endsWith('zstd') || layer.size < CHUNKED_FOOTER) return undefined;
  const range = { start: layer.size - CHUNKED_FOOTER, end: layer.size };
  const bytes = await readAll(reader.read(layer, range), CHUNKED_FOOTER, 'footer');
  return parseFooter(bytes);
}

/** Reads the last 64 bytes of a layer; undefined when they are no footer. */
export function parseFooter(bytes: Buffer): Position | undefined {
  const magic = bytes.toString('latin1', bytes.length - 8);
  const length = { [CHUNKED_MAGIC]: CHUNKED_FOOTER, [STARGZ_MAGIC]: STARGZ_FOOTER }[magic];
  if (!length || bytes.length < length) return undefined;
  const fields = bytes.subarray(-length);
  const [start, size, rawSize, type] = [0, 8, 16, 24].map((at) =>
    Number(fields.readBigUInt64LE(at)),
  );
  if (type !== 1) return undefined;
  return { start: start ?? 0, size: size ?? 0, rawSize: rawSize ?? 0 };
}

/** Entries follow the order of the tar; chunks follow their file and repeat parts of its place. */
function entriesOf(raws: RawTocEntry[], end: number, where: string): TocEntry[] {
  const entries: TocEntry[] = [];
  for (const raw of raws) {
    if (raw.type === 'chunk') continue;
    const header = headerOf(raw, where);
    const entry: TocEntry = { header };
    if (header.type === 'file' && header.size > 0) {
      const piece = { start: raw.offset, end: raw.endOffset, skip: 0, size: header.size };
      const digest = raw.digest ? { digest: raw.digest } : {};
      entry.place = { format: 'zstd', pieces: [piece], alone: true, ...digest };
    }
    entries.push(requirePieces(entry, end, where));
  }
  return entries;
}

async function isZstdLayer(reader: Reader, layer: Descriptor): Promise<boolean> {
  return isZstd(await readAll(reader.read(layer, { start: 0, end: 4 }), 4, 'first bytes'));
}

function isZstd(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfd2fb528;
}
