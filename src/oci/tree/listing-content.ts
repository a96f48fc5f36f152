import { ByteSource } from '../../file/byte-source.ts';
import { gunzip } from '../../file/compression/gzip.ts';
import { unzstd, unzstdBytes } from '../../file/compression/zstd.ts';
import { digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import type { ContentPiece, ContentPlace } from '../toc/toc.ts';

/** Bytes that are read and thrown away rather than asking again. */
const GAP = 64 << 10;

/** A file that is to be read from its place in a layer. */
export interface PlacedFile {
  path: string;
  size: number;
  place: ContentPlace;
}

/**
 * Reads files by ranges, neighbours with one request. Throws `digest-mismatch` when a file is
 * not the one that the table of contents names, and `invalid-content` when it has another size.
 */
export async function* readPlaced<F extends PlacedFile>(
  reader: Reader,
  layer: Descriptor,
  files: readonly F[],
): AsyncGenerator<{ file: F; content: Buffer }> {
  const sorted = files.toSorted((a, b) => startOf(a) - startOf(b));
  for (const group of groupsOf(sorted)) {
    const start = startOf(group[0]);
    const end = Math.max(...group.map(endOf));
    const source = new ByteSource(reader.read(layer, { start, end }));
    try {
      for (const file of group) {
        const content = await readOne(source, start, file, layer);
        yield { file, content };
      }
    } finally {
      await source.close();
    }
  }
}

/** Runs of files that follow each other closely and do not overlap. */
function groupsOf<F extends PlacedFile>(sorted: readonly F[]): F[][] {
  const groups: F[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const file of sorted) {
    const gap = startOf(file) - end;
    if (gap >= 0 && gap <= GAP) groups.at(-1)?.push(file);
    else groups.push([file]);
    end = endOf(file);
  }
  return groups;
}

async function readOne(
  source: ByteSource,
  base: number,
  file: PlacedFile,
  layer: Descriptor,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const piece of file.place.pieces) {
    await source.skip(piece.start - base - source.offset);
    const content = await readPiece(source, piece, file.place);
    if (content?.length !== piece.size) throw wrong(file, layer);
    parts.push(content);
  }
  const content = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  const { digest } = file.place;
  if (!digest || digestOf(content) === digest) return content;
  throw new LockstepError(
    'digest-mismatch',
    `${file.path} in layer ${layer.digest} is not ${digest}`,
    { context: { digest: layer.digest, path: file.path } },
  );
}

async function readPiece(
  source: ByteSource,
  piece: ContentPiece,
  place: ContentPlace,
): Promise<Buffer | undefined> {
  const length = piece.end - piece.start;
  if (place.alone && place.format === 'zstd' && length <= 2 * piece.size + GAP) {
    const bytes = await source.take(length);
    return bytes && asBuffer(unzstdBytes(bytes, piece.size));
  }
  const stream = { zstd: unzstd, gzip: gunzip }[place.format](take(source, length));
  const unpacked = new ByteSource(stream);
  try {
    await unpacked.skip(piece.skip);
    return await unpacked.take(piece.size);
  } finally {
    await unpacked.close();
  }
}

async function* take(source: ByteSource, length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; ) {
    const part = await source.some(left);
    if (!part) return;
    left -= part.length;
    yield part;
  }
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function startOf(file: PlacedFile | undefined): number {
  return file?.place.pieces[0]?.start ?? 0;
}

function endOf(file: PlacedFile): number {
  return file.place.pieces.at(-1)?.end ?? 0;
}

function wrong(file: PlacedFile, layer: Descriptor): LockstepError {
  return new LockstepError(
    'invalid-content',
    `${file.path} is not where the table of contents of layer ${layer.digest} says`,
    { context: { digest: layer.digest, path: file.path } },
  );
}
