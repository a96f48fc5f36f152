import type { TarHeader, TarType } from '../../file/tar/tar.ts';
import { LockstepError } from '../../system/error.ts';
import type { TocEntry } from './toc.ts';

/** What an entry of the JSON may hold; both formats share most names. */
export interface RawTocEntry {
  type: string;
  name: string;
  linkName: string;
  size: number;
  offset: number;
  endOffset: number;
  chunkOffset: number;
  chunkSize: number;
  innerOffset: number;
  digest: string;
  fields: Record<string, unknown>;
}

const TYPES: Record<string, TarType> = {
  reg: 'file',
  hardlink: 'hardlink',
  symlink: 'symlink',
  dir: 'directory',
  char: 'character',
  block: 'block',
  fifo: 'fifo',
};

const MOST_ENTRIES = 2_000_000;

/** The entries of the JSON `{version, entries: […]}`, each checked. */
export function parseTocJson(json: Uint8Array, where: string): RawTocEntry[] {
  let entries: unknown;
  try {
    const value: unknown = JSON.parse(Buffer.from(json).toString());
    entries = (value as { entries?: unknown } | null)?.entries;
  } catch (cause) {
    throw new LockstepError('invalid-content', `table of contents of ${where} is not JSON`, {
      cause,
    });
  }
  if (!Array.isArray(entries)) throw invalid('has no entries', where);
  if (entries.length > MOST_ENTRIES) {
    throw new LockstepError('limit-exceeded', `${where} has more than ${MOST_ENTRIES} entries`);
  }
  return entries.map((entry: unknown) => rawEntry(entry, where));
}

/** The header of an entry, as a tar reader would have given it. */
export function headerOf(raw: RawTocEntry, where: string): TarHeader {
  const { fields } = raw;
  const type = TYPES[raw.type];
  if (!type) throw invalid(`knows a type ${JSON.stringify(raw.type.slice(0, 20))}`, where);
  const [mtime, nanoseconds] = timeOf(fields.modtime);
  const header: TarHeader = {
    path: type === 'directory' && raw.name.length > 1 ? raw.name.replace(/\/+$/, '') : raw.name,
    type,
    mode: natural(fields.mode) & 0o7777,
    uid: natural(fields.uid),
    gid: natural(fields.gid),
    size: type === 'file' ? raw.size : 0,
    mtime,
    nanoseconds,
  };
  if (type === 'symlink' || type === 'hardlink') header.linkPath = raw.linkName;
  if (typeof fields.userName === 'string') header.userName = fields.userName;
  if (typeof fields.groupName === 'string') header.groupName = fields.groupName;
  if (type === 'character' || type === 'block') {
    header.major = natural(fields.devMajor);
    header.minor = natural(fields.devMinor);
  }
  const xattrs = xattrsOf(fields.xattrs);
  return xattrs ? { ...header, xattrs } : header;
}

/** Checks that pieces lie before `end`, follow each other and add up to the size of their file. */
export function requirePieces(entry: TocEntry, end: number, where: string): TocEntry {
  let size = 0;
  let before = 0;
  for (const piece of entry.place?.pieces ?? []) {
    if (piece.start < before || piece.start >= piece.end || piece.end > end) {
      throw invalid(`places ${entry.header.path} where it cannot be`, where);
    }
    before = piece.end;
    size += piece.size;
  }
  if (entry.place && size !== entry.header.size) {
    throw invalid(
      `gives ${entry.header.path} ${size} bytes in pieces of ${entry.header.size}`,
      where,
    );
  }
  return entry;
}

export function invalid(what: string, where: string): LockstepError {
  return new LockstepError('invalid-content', `table of contents of ${where} ${what}`);
}

function rawEntry(value: unknown, where: string): RawTocEntry {
  const fields = value as Record<string, unknown> | null;
  if (typeof fields !== 'object' || fields === null)
    throw invalid('has an entry of no kind', where);
  if (typeof fields.name !== 'string' || typeof fields.type !== 'string') {
    throw invalid('has an entry without name or type', where);
  }
  return {
    type: fields.type,
    name: fields.name,
    linkName: typeof fields.linkName === 'string' ? fields.linkName : '',
    size: count(fields.size, 'size', where),
    offset: count(fields.offset, 'offset', where),
    endOffset: count(fields.endOffset, 'endOffset', where),
    chunkOffset: count(fields.chunkOffset, 'chunkOffset', where),
    chunkSize: count(fields.chunkSize, 'chunkSize', where),
    innerOffset: count(fields.innerOffset, 'innerOffset', where),
    digest: typeof fields.digest === 'string' ? fields.digest : '',
    fields,
  };
}

function count(value: unknown, name: string, where: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(`has an entry with a bad ${name}`, where);
}

function natural(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** RFC 3339 with up to nine decimals; Go writes year 1 for no time, which tar cannot hold. */
function timeOf(value: unknown): [seconds: number, nanoseconds: number] {
  if (typeof value !== 'string') return [0, 0];
  const seconds = Math.floor(Date.parse(value) / 1000);
  const fraction = /\.(\d{1,9})/.exec(value)?.[1] ?? '';
  return Number.isFinite(seconds) && seconds > -62_000_000_000
    ? [seconds, Number(fraction.padEnd(9, '0'))]
    : [0, 0];
}

function xattrsOf(value: unknown): Record<string, Buffer> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).filter(([, text]) => typeof text === 'string');
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([key, text]) => [key, Buffer.from(String(text), 'base64')]),
  );
}
