/** Requests of the kernel that a read-only file system answers (include/uapi/linux/fuse.h, 7.31 to 7.45). */
export const OPCODE = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  readlink: 5,
  open: 14,
  read: 15,
  statfs: 17,
  release: 18,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
  readdirplus: 44,
} as const;

/** What the kernel is told when something cannot be answered (errno-base.h). */
export const ERRNO = { noent: 2, io: 5, notdir: 20, inval: 22, nosys: 38 } as const;

/** Requests that the kernel wants no answer to. */
export const SILENT: ReadonlySet<number> = new Set([
  OPCODE.forget,
  OPCODE.batchForget,
  OPCODE.interrupt,
]);

const IN_HEADER = 40;
const OUT_HEADER = 16;
const VERSION = { major: 7, minor: 31 };
/** Reads of up to 256 pages, readahead and directory entries with their attributes. */
const WANTED = {
  asyncRead: 1 << 0,
  exportSupport: 1 << 4,
  readdirplus: 1 << 13,
  readdirplusAuto: 1 << 14,
  noOpen: 1 << 17,
  parallelDirops: 1 << 18,
  maxPages: 1 << 22,
  cacheSymlinks: 1 << 23,
  noOpendir: 1 << 24,
};
const MAX_PAGES = 256;
/** Nothing is written; the kernel asks for this much at least. */
const MAX_WRITE = 4096;

/** What a buffer for requests must hold. */
export const REQUEST_BUFFER: number = 64 << 10;

export interface FuseRequest {
  opcode: number;
  /** Identifies the answer. */
  unique: bigint;
  /** The inode that is meant. */
  node: number;
  body: Buffer;
}

/** Attributes of one inode as the kernel keeps them. */
export interface Attributes {
  ino: number;
  size: number;
  mtime: number;
  ctime: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  rdev: number;
}

export function readRequest(bytes: Buffer): FuseRequest {
  return {
    opcode: bytes.readUInt32LE(4),
    unique: bytes.readBigUInt64LE(8),
    node: Number(bytes.readBigUInt64LE(16)),
    body: bytes.subarray(IN_HEADER, bytes.readUInt32LE(0)),
  };
}

/** The head of an answer of that many further bytes; a failure is an errno. */
export function answerHead(unique: bigint, length: number, errno = 0): Buffer {
  const head = Buffer.alloc(OUT_HEADER);
  head.writeUInt32LE(OUT_HEADER + length, 0);
  head.writeInt32LE(-errno, 4);
  head.writeBigUInt64LE(unique, 8);
  return head;
}

/** Answers the kernel's first request: takes of what it offers what is wanted here. */
export function initAnswer(body: Buffer): Buffer {
  const offered = body.readUInt32LE(12);
  const wanted = Object.values(WANTED).reduce((all, flag) => all | flag, 0);
  const out = Buffer.alloc(64);
  out.writeUInt32LE(VERSION.major, 0);
  out.writeUInt32LE(VERSION.minor, 4);
  out.writeUInt32LE(Math.max(body.readUInt32LE(8), MAX_PAGES * 4096), 8);
  out.writeUInt32LE((offered & wanted) >>> 0, 12);
  out.writeUInt16LE(64, 16);
  out.writeUInt16LE(48, 18);
  out.writeUInt32LE(MAX_WRITE, 20);
  out.writeUInt32LE(1_000_000_000, 24);
  out.writeUInt16LE(MAX_PAGES, 28);
  return out;
}

/** Nothing changes under a mount: what was told stays true for a year. */
const VALID = 365n * 86_400n;
const ATTRIBUTES = 88;

export function attributesAnswer(attributes: Attributes): Buffer {
  const out = Buffer.alloc(16 + ATTRIBUTES);
  out.writeBigUInt64LE(VALID, 0);
  writeAttributes(out, 16, attributes);
  return out;
}

/** `struct fuse_entry_out`. */
export function entryAnswer(attributes: Attributes): Buffer {
  const out = Buffer.alloc(ENTRY);
  writeEntry(out, 0, attributes);
  return out;
}

/** A name that does not exist, which the kernel may remember (node 0). */
export function absentAnswer(): Buffer {
  const out = Buffer.alloc(ENTRY);
  out.writeBigUInt64LE(VALID, 16);
  return out;
}

const ENTRY = 40 + ATTRIBUTES;

function writeEntry(out: Buffer, at: number, attributes: Attributes): void {
  out.writeBigUInt64LE(BigInt(attributes.ino), at);
  out.writeBigUInt64LE(VALID, at + 16);
  out.writeBigUInt64LE(VALID, at + 24);
  writeAttributes(out, at + 40, attributes);
}

function writeAttributes(out: Buffer, at: number, attributes: Attributes): void {
  const { ino, size, mtime, ctime, mode, nlink, uid, gid, rdev } = attributes;
  out.writeBigUInt64LE(BigInt(ino), at);
  out.writeBigUInt64LE(BigInt(size), at + 8);
  out.writeBigUInt64LE(BigInt(Math.ceil(size / 512)), at + 16);
  out.writeBigInt64LE(BigInt(mtime), at + 24);
  out.writeBigInt64LE(BigInt(mtime), at + 32);
  out.writeBigInt64LE(BigInt(ctime), at + 40);
  out.writeUInt32LE(mode, at + 60);
  out.writeUInt32LE(nlink, at + 64);
  out.writeUInt32LE(uid, at + 68);
  out.writeUInt32LE(gid, at + 72);
  out.writeUInt32LE(rdev % 2 ** 32, at + 76);
  out.writeUInt32LE(4096, at + 80);
}

export interface DirectoryItem {
  name: string;
  /** Where a listing goes on after it. */
  next: number;
  attributes: Attributes;
}

/**
 * Writes `struct fuse_dirent`, or `fuse_direntplus` with attributes, to a place of zeros; gives how
 * long it is, or undefined when it does not fit.
 */
export function writeDirectoryItem(
  { name, next, attributes }: DirectoryItem,
  plus: boolean,
  out: Buffer,
): number | undefined {
  const start = plus ? ENTRY : 0;
  const size = Buffer.byteLength(name);
  const length = (start + 24 + size + 7) & ~7;
  if (length > out.length) return undefined;
  // Without a node the kernel takes no reference: `.` and `..` are not looked up.
  if (plus && name !== '.' && name !== '..') writeEntry(out, 0, attributes);
  out.writeBigUInt64LE(BigInt(attributes.ino), start);
  out.writeBigUInt64LE(BigInt(next), start + 8);
  out.writeUInt32LE(size, start + 16);
  out.writeUInt32LE((attributes.mode & 0o170000) >>> 12, start + 20);
  out.write(name, start + 24);
  return length;
}

/** `struct fuse_kstatfs` of a full file system. */
export function statfsAnswer({ files, bytes }: { files: number; bytes: number }): Buffer {
  const out = Buffer.alloc(80);
  out.writeBigUInt64LE(BigInt(Math.ceil(bytes / 4096)), 0);
  out.writeBigUInt64LE(BigInt(files), 24);
  out.writeUInt32LE(4096, 40);
  out.writeUInt32LE(255, 44);
  out.writeUInt32LE(4096, 48);
  return out;
}
