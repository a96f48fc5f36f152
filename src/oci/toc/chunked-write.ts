import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import { isEscapedName } from '../../file/name.ts';
import { readTar, type TarEntry } from '../../file/tar/tar.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { CHUNKED_CHECKSUM, CHUNKED_FOOTER, CHUNKED_MAGIC, CHUNKED_POSITION } from './chunked.ts';
import { tocJson, type WrittenFile } from './chunked-entry.ts';
import { Crc64, TarSplit } from './chunked-split.ts';
import { RawWindow } from './chunked-window.ts';

const SPLIT_POSITION = 'io.github.containers.zstd-chunked.tarsplit-position';
/** Largest part of a file that is compressed by itself: bytes. */
const CHUNK = 4 << 20;
/** zstd's own default. */
const LEVEL = 3;
/** Parts that are compressed at a time. */
const AT_ONCE = 4;
const compress = promisify(zstdCompress);

/** What is known of a zstd:chunked layer once all of it was written. */
export interface ChunkedSummary {
  /**
   * Annotations that the layer's descriptor must have; without them it is only zstd. Empty when
   * no table can speak of the archive, and then there is none.
   */
  annotations: Record<string, string>;
  /** Digest of the archive inside, for `rootfs.diff_ids` of the config. */
  diffId: Digest;
}

export interface ChunkedOptions {
  /** Level of zstd (default 3, as quick as gzip and smaller; 9 takes four times as long for 6 %). */
  level?: number;
  /** Called once, when the last byte was passed on. */
  onEnd: (summary: ChunkedSummary) => void;
}

/**
 * Makes a zstd:chunked layer of a tar archive, in the dialect of containers/storage: each file
 * compressed by itself, then a table of contents, what an exact copy of the archive needs, and a
 * footer, in frames that other readers skip. The archive inside stays as it is, byte for byte.
 * An archive that a table cannot speak of (sparse files, names that are not UTF-8) becomes plain
 * zstd.
 */
export async function* chunkedLayer(
  tar: AsyncIterable<Uint8Array>,
  options: ChunkedOptions,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const ledger: Ledger = { hash, written: [], split: new TarSplit(), speakable: true };
  let offset = 0;
  for await (const { start, bytes } of inOrder(parts(tar, ledger), options.level ?? LEVEL)) {
    offset = start + bytes.length;
    yield bytes;
  }
  const end = ledger.speakable ? ending(offset, ledger) : undefined;
  if (end) yield end.bytes;
  const annotations = end?.annotations ?? {};
  options.onEnd({ annotations, diffId: `sha256:${hash.digest('hex')}` });
}

interface Ledger {
  hash: ReturnType<typeof createHash>;
  written: WrittenFile[];
  split: TarSplit;
  /** False once an entry came that no table can speak of. */
  speakable: boolean;
}

/** Something to compress by itself; it is told where it came to lie. */
interface Part {
  raw: Buffer;
  place?: (start: number, end: number) => void;
}

/** Cuts an archive into contents and what is between them. */
async function* parts(tar: AsyncIterable<Uint8Array>, ledger: Ledger): AsyncGenerator<Part> {
  const window = new RawWindow(ledger.hash);
  let between: Buffer[] = [];
  let position = 0;
  for await (const entry of readTar(window.pass(tar))) {
    const { stored } = entry;
    ledger.speakable &&= isSpeakable(entry);
    const head = window.take(stored.offset - position);
    ledger.split.segment(head);
    between.push(head);
    position = stored.offset + stored.size;
    if (stored.size > 0) {
      yield { raw: Buffer.concat(between) };
      between = [];
    }
    yield* contentParts(entry, window, ledger);
  }
  const tail = window.takeRest();
  ledger.split.segment(tail);
  yield { raw: Buffer.concat([...between, tail]) };
}

async function* contentParts(
  entry: TarEntry,
  window: RawWindow,
  ledger: Ledger,
): AsyncGenerator<Part> {
  const { header, stored } = entry;
  const file: WrittenFile = { header, chunks: [] };
  ledger.written.push(file);
  const hash = createHash('sha256');
  const crc = new Crc64();
  const several = stored.size > CHUNK;
  let at = 0;
  let ready = 0;
  for await (const piece of stored.content) {
    ready += piece.length;
    if (ready < CHUNK && at + ready < stored.size) continue;
    const raw = window.take(ready);
    hash.update(raw);
    crc.update(raw);
    const chunk = { at, size: raw.length, digest: several ? digestOf(raw) : '', start: 0, end: 0 };
    file.chunks.push(chunk);
    yield { raw, place: (start, end) => Object.assign(chunk, { start, end }) };
    at += ready;
    ready = 0;
  }
  if (stored.size > 0) file.digest = `sha256:${hash.digest('hex')}`;
  ledger.split.file(header.path, stored.size, stored.size > 0 ? crc.digest() : undefined);
}

/** Compresses several parts at a time and gives them in their order. */
async function* inOrder(
  source: AsyncIterable<Part>,
  level: number,
): AsyncGenerator<{ start: number; bytes: Buffer }> {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  const waiting: { part: Part; bytes: Promise<Buffer> }[] = [];
  let start = 0;
  const next = async () => {
    const first = waiting.shift();
    const bytes = await first?.bytes;
    if (!first || !bytes) return undefined;
    first.part.place?.(start, start + bytes.length);
    start += bytes.length;
    return { start: start - bytes.length, bytes };
  };
  for await (const part of source) {
    if (part.raw.length === 0) continue;
    const bytes = compress(part.raw, { params });
    bytes.catch(() => {});
    waiting.push({ part, bytes });
    const done = waiting.length >= AT_ONCE ? await next() : undefined;
    if (done) yield done;
  }
  for (let done = await next(); done; done = await next()) yield done;
}

/** The frames behind the last file and the annotations that say where they are. */
function ending(offset: number, { written, split: tarSplit }: Ledger) {
  const split = tarSplit.finish();
  const entries = written.flatMap((file) => [...tocJson(file)]);
  const json = Buffer.from(
    `{"version":1,"entries":[${entries.join(',')}],"tarSplitDigest":"${split.digest}"}`,
  );
  const toc = zstdCompressSync(json);
  const tocStart = offset + 8;
  const splitStart = tocStart + toc.length + 8;
  const footer = Buffer.alloc(CHUNKED_FOOTER);
  const numbers = [tocStart, toc.length, json.length, 1, splitStart, split.data.length, split.size];
  for (const [index, value] of numbers.entries()) footer.writeBigUInt64LE(BigInt(value), 8 * index);
  footer.write(CHUNKED_MAGIC, 56, 'latin1');
  return {
    bytes: Buffer.concat(
      [toc, split.data, footer].flatMap((data) => [skippable(data.length), data]),
    ),
    annotations: {
      [CHUNKED_CHECKSUM]: digestOf(toc),
      [CHUNKED_POSITION]: `${tocStart}:${toc.length}:${json.length}:1`,
      [SPLIT_POSITION]: `${splitStart}:${split.data.length}:${split.size}`,
    },
  };
}

/** The head of a frame that decoders pass over (RFC 8878, 3.1.2). */
function skippable(length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50, 0);
  head.writeUInt32LE(length, 4);
  return head;
}

function isSpeakable({ header, sparse }: TarEntry): boolean {
  return !sparse && !isEscapedName(header.path) && !isEscapedName(header.linkPath ?? '');
}
