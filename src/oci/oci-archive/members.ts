import type { FileHandle } from 'node:fs/promises';
import { LockstepError } from '../../system/error.ts';

/** Where the content of a file lies in a tar file. */
export interface ArchiveMember {
  offset: number;
  size: number;
}

const BLOCK = 512;
const MEMBER_LIMIT = 200_000;

/** The plain files of an uncompressed tar file by name; contents are not read. */
export async function listArchive(
  file: FileHandle,
  path: string,
): Promise<Map<string, ArchiveMember>> {
  const members = new Map<string, ArchiveMember>();
  const header = Buffer.alloc(BLOCK);
  const { size: total } = await file.stat();
  for (let at = 0; at + BLOCK <= total; ) {
    await file.read(header, 0, BLOCK, at);
    if (header.every((byte) => byte === 0)) break;
    const size = sizeOf(header);
    if (!isHeader(header) || size == null || at + BLOCK + size > total) throw damaged(path, at);
    const isFile = header[156] === 0x30 || header[156] === 0;
    if (isFile) members.set(nameOf(header), { offset: at + BLOCK, size });
    if (members.size > MEMBER_LIMIT) throw damaged(path, at);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

/** True when the checksum of a header is right: the sum of its bytes with its own field blank. */
function isHeader(header: Buffer): boolean {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return Number.parseInt(header.toString('latin1', 148, 156), 8) === sum;
}

/** Octal digits, or for large files a binary number behind a set high bit (GNU). */
function sizeOf(header: Buffer): number | undefined {
  const size =
    (header[124] ?? 0) & 0x80
      ? Number(header.readBigUInt64BE(128))
      : Number.parseInt(header.toString('latin1', 124, 136).replace(/[\0 ]+$/, '') || '0', 8);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

function nameOf(header: Buffer): string {
  const text = (start: number, end: number) =>
    header.toString('utf8', start, end).replace(/\0.*$/s, '');
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(345, 500) : '';
  return `${prefix ? `${prefix}/` : ''}${text(0, 100)}`.replace(/^(?:\.\/)+/, '');
}

function damaged(path: string, at: number): LockstepError {
  return new LockstepError('invalid-content', `${path} is damaged at byte ${at}, or no tar file`, {
    context: { path, at },
    hint: 'a compressed archive is to be unpacked first',
  });
}
