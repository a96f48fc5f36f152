import { decodeName, encodeName } from '../name.ts';
import { invalid, type RawHeader, type TarHeader, typeOf } from './header.ts';

/** The records of extended headers in the order of their last appearance, values as bytes. */
export type PaxRecords = Map<string, Buffer>;

const XATTR = 'SCHILY.xattr.';
const NUMBER = /^-?\d+$/;
const TIME = /^(-?)(\d+)(?:\.(\d*))?$/;

/**
 * Reads `length key=value\n` records (POSIX.1-2018, pax, "Extended Header"). Records of the
 * sparse map 0.0 repeat their key and are joined as `offset,bytes,…` under `GNU.sparse.map`.
 */
export function parsePax(bytes: Buffer, offset: number, into: PaxRecords = new Map()): PaxRecords {
  const sparse: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString('latin1', at, Math.max(space, at));
    const length = /^[0-9]{1,9}$/.test(digits) ? Number(digits) : 0;
    const record = bytes.subarray(space + 1, at + length);
    const equals = record.indexOf(0x3d);
    if (equals < 1 || at + length > bytes.length || record.at(-1) !== 0x0a) {
      throw invalid(`bad extended header record at byte ${offset + at}`, offset + at);
    }
    const key = decodeName(record.subarray(0, equals));
    const value = Buffer.from(record.subarray(equals + 1, -1));
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparse.push(value.toString());
    else into.set(key, value);
    at += length;
  }
  if (sparse.length > 0) into.set('GNU.sparse.map', Buffer.from(sparse.join(',')));
  return into;
}

/** One record with its own length in front. */
export function paxRecord(key: string, value: Uint8Array): Buffer {
  const body = Buffer.concat([encodeName(key), Buffer.from('='), value, Buffer.from('\n')]);
  let length = body.length + 2;
  while (`${length} `.length + body.length !== length) length = `${length} `.length + body.length;
  return Buffer.concat([Buffer.from(`${length} `), body]);
}

/** Lays extended records over the fields of a header block. */
export function applyPax(raw: RawHeader, records: PaxRecords, offset: number): TarHeader {
  const header = plainHeader(raw);
  for (const [key, value] of records) {
    if (value.length === 0 && !key.startsWith(XATTR)) continue;
    applyRecord(header, key, value, offset);
  }
  return header;
}

function plainHeader(raw: RawHeader): TarHeader {
  const type = typeOf(raw);
  const header: TarHeader = {
    path: raw.path,
    type,
    mode: raw.mode,
    uid: raw.uid,
    gid: raw.gid,
    size: type === 'file' || raw.flag === 'D' ? raw.size : 0,
    mtime: raw.mtime,
    nanoseconds: 0,
  };
  if (type === 'symlink' || type === 'hardlink') header.linkPath = raw.linkPath;
  if (raw.userName) header.userName = raw.userName;
  if (raw.groupName) header.groupName = raw.groupName;
  if (type === 'character' || type === 'block') {
    header.major = raw.major;
    header.minor = raw.minor;
  }
  return header;
}

function applyRecord(header: TarHeader, key: string, value: Buffer, offset: number): void {
  if (key.startsWith(XATTR)) {
    header.xattrs ??= {};
    header.xattrs[key.slice(XATTR.length)] = value;
    return;
  }
  switch (key) {
    case 'path':
    case 'GNU.sparse.name':
      header.path = nameOf(value, key, offset);
      break;
    case 'linkpath':
      if (header.linkPath !== undefined) header.linkPath = nameOf(value, key, offset);
      break;
    case 'uname':
      header.userName = nameOf(value, key, offset);
      break;
    case 'gname':
      header.groupName = nameOf(value, key, offset);
      break;
    case 'uid':
    case 'gid':
      header[key] = numberOf(value, key, offset);
      break;
    case 'size':
      if (header.type === 'file') header.size = numberOf(value, key, offset);
      break;
    case 'mtime':
      Object.assign(header, timeOf(value, offset));
      break;
    default:
      if (key.startsWith('GNU.sparse.')) break;
      header.pax ??= {};
      header.pax[key] = value;
  }
}

function nameOf(value: Buffer, key: string, offset: number): string {
  if (value.includes(0)) throw invalid(`zero byte in ${key} at byte ${offset}`, offset);
  return decodeName(value);
}

function numberOf(value: Buffer, key: string, offset: number): number {
  const digits = value.toString('latin1');
  const result = Number(digits);
  if (NUMBER.test(digits) && Number.isSafeInteger(result)) return result;
  throw invalid(`bad ${key} in extended header at byte ${offset}`, offset);
}

/** Seconds with any number of decimals, of which nine are kept; rounded towards the past. */
function timeOf(value: Buffer, offset: number): { mtime: number; nanoseconds: number } {
  const [, sign, whole = '', fraction = ''] = TIME.exec(value.toString('latin1')) ?? [];
  const seconds = Number(whole);
  if (sign === undefined || !Number.isSafeInteger(seconds)) {
    throw invalid(`bad mtime in extended header at byte ${offset}`, offset);
  }
  const nanoseconds = Number(fraction.padEnd(9, '0').slice(0, 9));
  if (sign === '') return { mtime: seconds, nanoseconds };
  return nanoseconds === 0
    ? { mtime: 0 - seconds, nanoseconds: 0 }
    : { mtime: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}
