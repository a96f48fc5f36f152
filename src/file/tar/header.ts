import { LockstepError } from '../../system/error.ts';
import { decodeName } from '../name.ts';

export type TarType =
  | 'file'
  | 'hardlink'
  | 'symlink'
  | 'character'
  | 'block'
  | 'directory'
  | 'fifo';

/** What an archive says of one file. Names are as stored, a folder's last `/` left out. */
export interface TarHeader {
  path: string;
  type: TarType;
  /** Permission bits with set-id and sticky, 0 to 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of the file's content, holes counted; 0 for everything but files. */
  size: number;
  /** Whole seconds since 1970, and the nanoseconds above them. */
  mtime: number;
  nanoseconds: number;
  /** Target of a symbolic link, or the path in the archive that a hard link repeats. */
  linkPath?: string;
  userName?: string;
  groupName?: string;
  /** Device numbers. */
  major?: number;
  minor?: number;
  /** Extended attributes by full name (`security.capability`), their values as bytes. */
  xattrs?: Record<string, Buffer>;
  /** PAX records that no field above stands for. */
  pax?: Record<string, Buffer>;
}

/** The fields of one 512-byte header block, before extended headers change them. */
export interface RawHeader {
  flag: string;
  path: string;
  linkPath: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  userName: string;
  groupName: string;
  major: number;
  minor: number;
}

export const BLOCK = 512;

const TYPES: Record<string, TarType> = {
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  D: 'directory',
};

/** The type that a flag stands for; what is not known is a file (POSIX.1-2018, pax, ustar). */
export function typeOf(raw: RawHeader): TarType {
  const known = TYPES[raw.flag];
  if (known) return known;
  return raw.flag === '\0' && raw.path.endsWith('/') ? 'directory' : 'file';
}

/** Reads a header block; undefined for a block of zeros. Offsets are for messages. */
export function parseBlock(block: Buffer, offset: number): RawHeader | undefined {
  if (block[148] === 0 && isZero(block)) return undefined;
  if (!hasChecksum(block, octal(block, 148, 8, offset))) {
    throw invalid(`no tar header at byte ${offset}: checksum is wrong`, offset);
  }
  const ustar = block[257] === 0x75 && block.toString('latin1', 257, 262) === 'ustar';
  const posix = ustar && block[262] === 0;
  const prefix = posix ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    flag: String.fromCharCode(block[156] ?? 0),
    path: prefix ? `${prefix}/${name}` : name,
    linkPath: text(block, 157, 100),
    mode: number(block, 100, 8, offset) & 0o7777,
    uid: number(block, 108, 8, offset),
    gid: number(block, 116, 8, offset),
    size: number(block, 124, 12, offset),
    mtime: number(block, 136, 12, offset),
    userName: ustar ? text(block, 265, 32) : '',
    groupName: ustar ? text(block, 297, 32) : '',
    major: ustar ? number(block, 329, 8, offset) : 0,
    minor: ustar ? number(block, 337, 8, offset) : 0,
  };
}

export function invalid(message: string, offset: number): LockstepError {
  return new LockstepError('invalid-content', message, { context: { offset } });
}

/** Bytes that pad content to whole blocks. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The sum of all bytes with the checksum field as spaces; old programs summed signed bytes. */
function hasChecksum(block: Buffer, stored: number): boolean {
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156;
    const byte = block[at] ?? 0;
    unsigned += byte;
    if (byte > 127) high++;
  }
  return stored === unsigned || stored === unsigned - 256 * high;
}

function isZero(block: Buffer): boolean {
  for (let at = 0; at < BLOCK; at++) if (block[at] !== 0) return false;
  return true;
}

function text(block: Buffer, start: number, length: number): string {
  if (block[start] === 0) return '';
  let end = start;
  while (end < start + length && block[end] !== 0) end++;
  return decodeName(block.subarray(start, end));
}

/** A number in octal, or in base 256 when its first bit is set (GNU tar, "Extensions"). */
export function number(block: Buffer, start: number, length: number, offset: number): number {
  const first = block[start] ?? 0;
  return first & 0x80
    ? base256(block.subarray(start, start + length), offset)
    : octal(block, start, length, offset);
}

function octal(block: Buffer, start: number, length: number, offset: number): number {
  let at = start;
  const end = start + length;
  while (at < end && block[at] === 0x20) at++;
  let value = 0;
  for (; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0 || byte === 0x20) break;
    if (byte < 0x30 || byte > 0x37) throw invalid(`bad number in header at byte ${offset}`, offset);
    value = value * 8 + byte - 0x30;
  }
  return value;
}

function base256(field: Buffer, offset: number): number {
  const negative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  value = (value << 7n) | BigInt((field[0] ?? 0) & 0x7f);
  for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
  const result = Number(value);
  if (!Number.isSafeInteger(result)) {
    throw invalid(`number out of range in header at byte ${offset}`, offset);
  }
  return result;
}
