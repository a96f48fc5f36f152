import { LockstepError } from '../../system/error.ts';
import { encodeName } from '../name.ts';
import { BLOCK, padding, type TarHeader, type TarType } from './header.ts';
import { paxRecord } from './pax.ts';

/**
 * A header to write; what is left out gets the same value every time: a file of root, mode 644
 * (folders 755, symbolic links 777), 1970. The size comes from the content when that is in memory.
 */
export type NewTarHeader = Partial<TarHeader> & { path: string };

/** Content of an entry: in memory, or a stream of exactly `header.size` bytes. */
export type TarContent = Uint8Array | string | AsyncIterable<Uint8Array>;

/** The two blocks of zeros that end an archive. */
export const TAR_END: Uint8Array = Buffer.alloc(2 * BLOCK);

const FLAGS: Record<TarType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

const MOST_OCTAL = { 8: 0o7777777, 12: 0o77777777777 } as const;
const ZEROS = Buffer.alloc(BLOCK);

/**
 * The bytes of one entry in ustar, with a PAX header before it where ustar has no room. The
 * same header always gives the same bytes. Throws `bug` when the content has another size.
 *
 * @example yield* tarEntry({ path: 'etc/hostname' }, 'host\n'); yield TAR_END;
 */
export async function* tarEntry(
  header: NewTarHeader,
  content: TarContent = '',
): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    yield tarEntryBytes(header, bytes);
    return;
  }
  const full = withDefaults(header, 0);
  yield encodeTarHeader(full);
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > full.size) break;
    yield chunk;
  }
  if (size !== full.size) throw wrongSize(full, size);
  if (padding(size) > 0) yield ZEROS.subarray(0, padding(size));
}

/** The bytes of one entry whose content is in memory. */
export function tarEntryBytes(
  header: NewTarHeader,
  content: Uint8Array = ZEROS.subarray(0, 0),
): Buffer {
  const full = withDefaults(header, content.length);
  if (full.size !== content.length) throw wrongSize(full, content.length);
  return Buffer.concat([encodeTarHeader(full), content, ZEROS.subarray(0, padding(full.size))]);
}

/** A whole archive. */
export async function* writeTar(
  entries: AsyncIterable<TarMember> | Iterable<TarMember>,
): AsyncGenerator<Uint8Array> {
  for await (const { header, body } of entries) yield* tarEntry(header, body);
  yield TAR_END;
}

/** One entry of an archive to write. */
export interface TarMember {
  header: NewTarHeader;
  body?: TarContent;
}

/** The header blocks of an entry. */
export function encodeTarHeader(header: TarHeader): Buffer {
  const path = encodeName(storedPath(header));
  const link = encodeName(header.linkPath ?? '');
  const split = splitPath(path);
  const records = extendedRecords(header, split ? undefined : path, link);
  const block = encodeBlock(header, { ...(split ?? { name: path.subarray(0, 100) }), link });
  if (records.length === 0) return block;
  const body = Buffer.concat(records);
  const extension = encodeBlock(
    { ...withDefaults({ path: '' }, body.length), mode: 0o644 },
    {
      name: Buffer.concat([Buffer.from('PaxHeaders/'), path.subarray(-80)]),
      link: ZEROS.subarray(0, 0),
      flag: 'x',
    },
  );
  return Buffer.concat([extension, body, ZEROS.subarray(0, padding(body.length)), block]);
}

function withDefaults(header: NewTarHeader, size: number): TarHeader {
  const type = header.type ?? 'file';
  const mode = type === 'directory' ? 0o755 : type === 'symlink' ? 0o777 : 0o644;
  const zero = { uid: 0, gid: 0, mtime: 0, nanoseconds: 0 };
  return { ...zero, type, mode, ...header, size: type === 'file' ? (header.size ?? size) : 0 };
}

function storedPath(header: TarHeader): string {
  return header.type === 'directory' && !header.path.endsWith('/')
    ? `${header.path}/`
    : header.path;
}

/** What ustar cannot say, in a fixed order. */
function extendedRecords(header: TarHeader, path: Buffer | undefined, link: Buffer): Buffer[] {
  const records: Buffer[] = [];
  const add = (key: string, value: Uint8Array | string | number) =>
    records.push(paxRecord(key, typeof value === 'object' ? value : encodeName(String(value))));
  if (path) add('path', path);
  if (link.length > 100) add('linkpath', link);
  if (header.size > MOST_OCTAL[12]) add('size', header.size);
  for (const key of ['uid', 'gid'] as const) {
    if (header[key] > MOST_OCTAL[8]) add(key, header[key]);
  }
  if (encodeName(header.userName ?? '').length > 32) add('uname', header.userName ?? '');
  if (encodeName(header.groupName ?? '').length > 32) add('gname', header.groupName ?? '');
  if (header.nanoseconds !== 0 || header.mtime < 0 || header.mtime > MOST_OCTAL[12]) {
    add('mtime', decimalTime(header));
  }
  for (const [key, value] of sorted(header.xattrs)) add(`SCHILY.xattr.${key}`, value);
  for (const [key, value] of sorted(header.pax)) add(key, value);
  return records;
}

function sorted(values: Record<string, Buffer> = {}): [string, Buffer][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

function decimalTime({ mtime, nanoseconds }: TarHeader): string {
  const past = mtime < 0 && nanoseconds !== 0;
  const whole = past ? -mtime - 1 : Math.abs(mtime);
  const fraction = past ? 1e9 - nanoseconds : nanoseconds;
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${mtime < 0 ? '-' : ''}${whole}${decimals}`;
}

/** Name and prefix when the path fits into both, cut at a slash. */
function splitPath(path: Buffer): { name: Buffer; prefix?: Buffer } | undefined {
  if (path.length <= 100) return { name: path };
  const last = path.length - 1;
  const cut = path.indexOf(0x2f, last - 100);
  if (path.length > 256 || cut < 1 || cut > 155 || cut === last) return undefined;
  return { name: path.subarray(cut + 1), prefix: path.subarray(0, cut) };
}

interface Names {
  name: Buffer;
  prefix?: Buffer;
  link: Buffer;
  flag?: string;
}

function encodeBlock(header: TarHeader, names: Names): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, start: number, length: 8 | 12) =>
    block.write(
      limited(value, length)
        .toString(8)
        .padStart(length - 1, '0'),
      start,
      'latin1',
    );
  block.set(names.name.subarray(0, 100), 0);
  octal(header.mode & 0o7777, 100, 8);
  octal(header.uid, 108, 8);
  octal(header.gid, 116, 8);
  octal(header.size, 124, 12);
  octal(header.mtime, 136, 12);
  block.write(names.flag ?? FLAGS[header.type], 156, 'latin1');
  block.set(names.link.subarray(0, 100), 157);
  block.write('ustar\x0000', 257, 'latin1');
  block.set(encodeName(header.userName ?? '').subarray(0, 32), 265);
  block.set(encodeName(header.groupName ?? '').subarray(0, 32), 297);
  octal(header.major ?? 0, 329, 8);
  octal(header.minor ?? 0, 337, 8);
  if (names.prefix) block.set(names.prefix, 345);
  block.write(checksum(block).toString(8).padStart(6, '0').concat('\0 '), 148, 'latin1');
  return block;
}

/** The value when the field can hold it; otherwise zero, and a PAX record says it. */
function limited(value: number, length: 8 | 12): number {
  return value < 0 || value > MOST_OCTAL[length] ? 0 : value;
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const byte of block) sum += byte;
  return sum;
}

function wrongSize(header: TarHeader, size: number): LockstepError {
  return new LockstepError(
    'bug',
    `${header.path} was announced with ${header.size} bytes, not ${size}`,
  );
}
