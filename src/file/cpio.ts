import { LockstepError } from '../system/error.ts';
import { ByteSource } from './byte-source.ts';
import { decodeName } from './name.ts';

/** What cpio says of one file. Of hard links (same `inode`, `links` > 1) only the last has content. */
export interface CpioHeader {
  path: string;
  /** Type and permission bits as in `st_mode`. */
  mode: number;
  inode: number;
  links: number;
  uid: number;
  gid: number;
  /** Seconds since 1970. */
  mtime: number;
  /** Bytes of the content; of a symlink the length of its target, which is its content. */
  size: number;
  /** Numbers of a device node. */
  device: readonly [major: number, minor: number];
}

/** One file of an archive. */
export interface CpioEntry {
  header: CpioHeader;
  /** The content, to be read before the next entry is asked for; what is not read is skipped. */
  body: AsyncIterable<Uint8Array>;
}

/** The format that is written, and read. */
export const MAGIC = '070701';
const MAGIC_WITH_CHECKSUM = '070702';
export const HEADER_SIZE = 110;
/** The name of the entry that ends an archive. */
export const TRAILER = 'TRAILER!!!';
const LONGEST_PATH = 4096;

/** True for the six bytes that open an entry of a "newc" archive. */
export function isCpioMagic(head: Uint8Array): boolean {
  const magic = Buffer.from(head.subarray(0, 6)).toString('latin1');
  return magic === MAGIC || magic === MAGIC_WITH_CHECKSUM;
}

/**
 * Reads a "newc" archive (with or without checksums, which are not compared) up to its trailer,
 * in constant memory. Throws `invalid-content` with the offset for what is not such an archive.
 */
export async function* readCpio(stream: AsyncIterable<Uint8Array>): AsyncGenerator<CpioEntry> {
  const source = new ByteSource(stream);
  try {
    yield* readArchive(source);
    await source.drain();
  } finally {
    await source.close();
  }
}

/** The same for archives that follow each other, with any number of zeros between them. */
export async function* readCpios(stream: AsyncIterable<Uint8Array>): AsyncGenerator<CpioEntry> {
  const source = new ByteSource(stream);
  try {
    for (let first = await nonZero(source); first; first = await nonZero(source)) {
      yield* readArchive(source, first);
    }
  } finally {
    await source.close();
  }
}

/** Where the archive at `start` of a buffer ends, told by its headers alone. */
export function cpioArchiveEnd(bytes: Uint8Array, start: number): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = start; ; ) {
    const text = buffer.toString('latin1', at, at + HEADER_SIZE);
    const field = (index: number) => Number.parseInt(text.slice(6 + 8 * index, 14 + 8 * index), 16);
    const isHeader = text.length === HEADER_SIZE && isCpioMagic(buffer.subarray(at, at + 6));
    if (!isHeader || !/^[0-9a-f]*$/i.test(text)) throw invalid('not a newc header', at - start);
    const [name, size] = [field(11), field(6)];
    const body = at + HEADER_SIZE + name + padding(HEADER_SIZE + name);
    const end = body + size + padding(size);
    if (buffer.toString('latin1', at + HEADER_SIZE, at + HEADER_SIZE + name - 1) === TRAILER)
      return Math.min(end, bytes.length);
    at = end;
  }
}

async function* readArchive(source: ByteSource, first?: Buffer): AsyncGenerator<CpioEntry> {
  for (let header = await readHeader(source, first); header.path !== TRAILER; ) {
    const left = { bytes: header.size };
    yield { header, body: readBody(source, left) };
    await source.skip(left.bytes + padding(header.size));
    header = await readHeader(source);
  }
}

/** The next byte that is not zero. */
async function nonZero(source: ByteSource): Promise<Buffer | undefined> {
  for (let byte = await source.some(1); byte; byte = await source.some(1)) {
    if (byte[0] !== 0) return Buffer.from(byte);
  }
  return undefined;
}

/** `first`: a byte of it that was read already. */
async function readHeader(
  source: ByteSource,
  first: Buffer = Buffer.alloc(0),
): Promise<CpioHeader> {
  const offset = source.offset - first.length;
  const rest = await source.take(HEADER_SIZE - first.length);
  const text = rest && Buffer.concat([first, rest]).toString('latin1');
  if (text === undefined) throw invalid('archive ends without a trailer', offset);
  const magic = text.slice(0, 6);
  if (magic !== MAGIC && magic !== MAGIC_WITH_CHECKSUM) throw invalid('not a newc header', offset);
  if (!/^[0-9a-f]*$/i.test(text)) throw invalid('header is not hexadecimal', offset);
  const field = (index: number) => Number.parseInt(text.slice(6 + 8 * index, 14 + 8 * index), 16);
  const path = await readName(source, field(11));
  return {
    path,
    inode: field(0),
    mode: field(1),
    uid: field(2),
    gid: field(3),
    links: field(4),
    mtime: field(5),
    size: field(6),
    device: [field(9), field(10)],
  };
}

async function readName(source: ByteSource, length: number): Promise<string> {
  const { offset } = source;
  if (length < 1 || length > LONGEST_PATH) throw invalid(`name of ${length} bytes`, offset);
  const name = await source.take(length);
  if (name?.at(-1) !== 0) throw invalid('name does not end with a zero byte', offset);
  const path = decodeName(name.subarray(0, -1));
  await source.skip(padding(HEADER_SIZE + length));
  return path;
}

async function* readBody(source: ByteSource, left: { bytes: number }): AsyncGenerator<Uint8Array> {
  while (left.bytes > 0) {
    const part = await source.some(left.bytes);
    if (!part) throw invalid('archive ends in the middle of a file', source.offset);
    left.bytes -= part.length;
    yield part;
  }
}

/** Bytes up to the next multiple of four. */
export function padding(length: number): number {
  return -length & 3;
}

function invalid(message: string, offset: number): LockstepError {
  return new LockstepError('invalid-content', `${message}, at byte ${offset}`, {
    context: { offset },
  });
}
