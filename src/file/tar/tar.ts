import { LockstepError } from '../../system/error.ts';
import { ByteSource } from '../byte-source.ts';
import { decodeName } from '../name.ts';
import { BLOCK, invalid, padding, parseBlock, type RawHeader, type TarHeader } from './header.ts';
import { applyPax, type PaxRecords, parsePax } from './pax.ts';
import { expand, readOldSparse, readPaxSparse, type SparseMap } from './sparse.ts';

export type { TarHeader, TarType } from './header.ts';

/** One file of an archive. */
export interface TarEntry {
  header: TarHeader;
  /** The content, to be read before the next entry is asked for; what is not read is skipped. */
  body: AsyncIterable<Uint8Array>;
  /** The content as the archive keeps it, its holes left out, and where it lies there. */
  stored: { offset: number; size: number; content: AsyncIterable<Uint8Array> };
  /** True when the archive keeps the content without its holes. */
  sparse: boolean;
}

export interface ReadTarOptions {
  /** Most entries (default 2,000,000); more throw `limit-exceeded`. */
  entries?: number;
  /** Most bytes of extended headers and long names of one entry (default 1 MiB). */
  headerSize?: number;
  /** Most bytes of one file, holes counted (default 64 GiB). */
  fileSize?: number;
}

type Limits = Required<ReadTarOptions>;

interface Pending {
  records: PaxRecords;
  path?: string;
  linkPath?: string;
  size: number;
}

/**
 * Reads a tar archive (v7, ustar, GNU, PAX) entry by entry in constant memory. The stream is
 * read to its very end, so that a digest check at its end runs. Throws `invalid-content` with
 * the offset for what is not tar, and `limit-exceeded`.
 *
 * @example for await (const { header, body } of readTar(stream)) console.log(header.path);
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<TarEntry> {
  const limits: Limits = {
    entries: options.entries ?? 2_000_000,
    headerSize: options.headerSize ?? 1 << 20,
    fileSize: options.fileSize ?? 64 * 2 ** 30,
  };
  const source = new ByteSource(stream);
  const globals: PaxRecords = new Map();
  let count = 0;
  try {
    for (;;) {
      const next = await nextEntry(source, globals, limits);
      if (!next) break;
      if (++count > limits.entries) throw tooMuch(`more than ${limits.entries} entries`, source);
      yield next;
      if (!next.rest.skipNow()) await next.rest.skip();
    }
    await source.drain();
  } finally {
    await source.close();
  }
}

interface OpenEntry extends TarEntry {
  rest: StoredBytes;
}

async function nextEntry(
  source: ByteSource,
  globals: PaxRecords,
  limits: Limits,
): Promise<OpenEntry | undefined> {
  let pending: Pending | undefined;
  for (;;) {
    const block = source.takeNow(BLOCK) ?? (await source.take(BLOCK));
    const raw = block && parseBlock(block, source.offset - BLOCK);
    if (!block || !raw) {
      if (pending) throw invalid('archive ends after an extended header', source.offset);
      if (block) await requireEnd(source);
      return undefined;
    }
    if (!'xXgLKVMN'.includes(raw.flag)) {
      return openEntry(raw, Buffer.from(block), source, { pending, globals, limits });
    }
    if (raw.flag === 'M' || raw.flag === 'N') throw invalid('multi-volume archive', source.offset);
    pending = await extend(raw, source, { pending, globals, limits });
  }
}

interface Surroundings {
  pending: Pending | undefined;
  globals: PaxRecords;
  limits: Limits;
}

/** Takes in an entry that only says something about the next one. */
async function extend(
  raw: RawHeader,
  source: ByteSource,
  { pending, globals, limits }: Surroundings,
): Promise<Pending | undefined> {
  const so: Pending = pending ?? { records: new Map(), size: 0 };
  so.size += raw.size;
  if (so.size > limits.headerSize || raw.size < 0) {
    throw tooMuch(`extended header of more than ${limits.headerSize} bytes`, source);
  }
  const { offset } = source;
  const bytes = raw.size === 0 ? Buffer.alloc(0) : await source.take(raw.size);
  if (!bytes) throw invalid(`archive ends in the middle, at byte ${offset}`, offset);
  await source.skip(padding(raw.size));
  if (raw.flag === 'V') return pending;
  if (raw.flag === 'g') {
    parsePax(bytes, offset, globals);
    return pending;
  }
  if (raw.flag === 'L') so.path = untilZero(bytes);
  else if (raw.flag === 'K') so.linkPath = untilZero(bytes);
  else parsePax(bytes, offset, so.records);
  return so;
}

async function openEntry(
  raw: RawHeader,
  block: Buffer,
  source: ByteSource,
  { pending, globals, limits }: Surroundings,
): Promise<OpenEntry> {
  const records = merged(globals, pending?.records);
  if (pending?.path !== undefined) raw.path = pending.path;
  if (pending?.linkPath !== undefined) raw.linkPath = pending.linkPath;
  const header = applyPax(raw, records, source.offset - BLOCK);
  const stored = header.size;
  if (stored < 0) throw invalid(`negative size at byte ${source.offset - BLOCK}`, source.offset);
  const sparse = await sparseMap(raw, block, records, source);
  if (sparse) header.size = sparse.size;
  if (header.size > limits.fileSize) {
    throw tooMuch(`${header.path} has more than ${limits.fileSize} bytes`, source);
  }
  if (header.type === 'directory') {
    header.path = withoutLastSlash(header.path);
    header.size = 0;
  }
  const place = { offset: source.offset, size: stored - (sparse?.mapSize ?? 0) };
  const rest = new StoredBytes(source, place.size, padding(stored));
  const body = sparse ? expand(sparse, (length) => rest.read(length)) : rest;
  const kept = { ...place, content: rest };
  return { header, rest, body, stored: kept, sparse: sparse !== undefined };
}

async function sparseMap(
  raw: RawHeader,
  block: Buffer,
  records: PaxRecords,
  source: ByteSource,
): Promise<SparseMap | undefined> {
  if (raw.flag === 'S') return readOldSparse(block, source);
  return records.size > 0 && '0\0'.includes(raw.flag) ? readPaxSparse(records, source) : undefined;
}

/** What an entry keeps in the archive, of which some may be read and the rest is skipped. */
class StoredBytes implements AsyncIterable<Uint8Array> {
  readonly #source: ByteSource;
  readonly #padding: number;
  #left: number;

  constructor(source: ByteSource, size: number, padding: number) {
    this.#source = source;
    this.#left = size;
    this.#padding = padding;
    if (size < 0) throw invalid(`sparse map is longer than its file`, source.offset);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.read(this.#left);
  }

  async *read(length: number): AsyncGenerator<Uint8Array> {
    if (length > this.#left)
      throw invalid('sparse map asks for more than is stored', this.#source.offset);
    for (let left = length; left > 0; ) {
      if (left > this.#left) throw new LockstepError('bug', 'body read after its entry was left');
      const part = await this.#source.some(left);
      if (!part) throw invalid('archive ends in the middle of a file', this.#source.offset);
      left -= part.length;
      this.#left -= part.length;
      yield part;
    }
  }

  /** Passes over the rest when it stands in memory. */
  skipNow(): boolean {
    const done = this.#source.skipNow(this.#left + this.#padding);
    if (done) this.#left = 0;
    return done;
  }

  async skip(): Promise<void> {
    const left = this.#left;
    this.#left = 0;
    await this.#source.skip(left + this.#padding);
  }
}

/** After one block of zeros there is another one, or nothing. */
async function requireEnd(source: ByteSource): Promise<void> {
  const { offset } = source;
  const second = await source.take(BLOCK);
  if (second && parseBlock(second, offset))
    throw invalid(`lone block of zeros at byte ${offset - BLOCK}`, offset);
}

function merged(globals: PaxRecords, own: PaxRecords | undefined): PaxRecords {
  if (globals.size === 0) return own ?? NONE;
  return new Map([...globals, ...(own ?? [])]);
}

const NONE: PaxRecords = new Map();

function untilZero(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodeName(end < 0 ? bytes : bytes.subarray(0, end));
}

function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.replace(/\/+$/, '') || '/' : path;
}

function tooMuch(what: string, source: ByteSource): LockstepError {
  return new LockstepError('limit-exceeded', `archive has ${what}`, {
    context: { offset: source.offset },
  });
}
