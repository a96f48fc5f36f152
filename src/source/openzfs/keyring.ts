import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dearmored, RELEASE_KEYS } from './signature.ts';

/** A key of a keyring, by what it says of itself; nobody is asked whether it is still good elsewhere. */
export interface KeyringKey {
  /** 40 hex digits, as people compare them. */
  fingerprint: string;
  /** Undefined for a key that does not expire. */
  expires?: Date;
  revoked: boolean;
}

/** The keys that releases of OpenZFS are held against. */
export async function releaseKeys(): Promise<KeyringKey[]> {
  return keysIn(dearmored(await readFile(RELEASE_KEYS)));
}

/** Packets and signatures by their numbers (RFC 9580, 5 and 5.2.1). */
const SIGNATURE = 2;
const PUBLIC_KEY = 6;
const SUBKEY = 14;
const REVOCATION = 0x20;
const CREATED = 2;
const KEY_EXPIRES = 9;

/** The primary keys of version 4 in a keyring, with what their own signatures say. */
export function keysIn(bytes: Uint8Array): KeyringKey[] {
  const found: KeyringKey[] = [];
  let isPrimary = false;
  let created = 0;
  let newest = -1;
  for (const { tag, body } of packetsIn(Buffer.from(bytes))) {
    const key = found.at(-1);
    if (tag === PUBLIC_KEY && isKey(body)) {
      found.push({ fingerprint: fingerprintOf(body), revoked: false });
      created = body.readUInt32BE(1);
      newest = -1;
    }
    if (tag === PUBLIC_KEY || tag === SUBKEY) isPrimary = tag === PUBLIC_KEY && isKey(body);
    if (tag !== SIGNATURE || body[0] !== 4 || !isPrimary || !key) continue;
    if (body[1] === REVOCATION) key.revoked = true;
    const said = subpacketsOf(body);
    const signed = said.get(CREATED)?.readUInt32BE(0) ?? 0;
    if (body[1] === REVOCATION || signed < newest) continue;
    newest = signed;
    const seconds = said.get(KEY_EXPIRES)?.readUInt32BE(0) ?? 0;
    if (seconds > 0) key.expires = new Date((created + seconds) * 1000);
    else delete key.expires;
  }
  return found;
}

/** Version 4, with the time at which it was made. */
function isKey(body: Buffer): boolean {
  return body[0] === 4 && body.length > 5;
}

function fingerprintOf(body: Buffer): string {
  const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
  return createHash('sha1').update(head).update(body).digest('hex').toUpperCase();
}

interface Packet {
  tag: number;
  body: Buffer;
}

/** RFC 9580, 4.2: both forms of headers; lengths that are not known from the start end the list. */
function packetsIn(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = bytes[at] ?? 0;
    const isNew = (head & 0x40) !== 0;
    const tag = isNew ? head & 0x3f : (head >> 2) & 0x0f;
    const length = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, head & 3);
    if ((head & 0x80) === 0 || !length || length.start + length.size > bytes.length) break;
    at = length.start + length.size;
    packets.push({ tag, body: bytes.subarray(length.start, at) });
  }
  return packets;
}

interface Length {
  /** Where the body begins. */
  start: number;
  size: number;
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at] ?? 0;
  if (first < 192) return { start: at + 1, size: first };
  if (first < 224)
    return { start: at + 2, size: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192 };
  if (first < 255 || at + 5 > bytes.length) return undefined;
  return { start: at + 5, size: bytes.readUInt32BE(at + 1) };
}

function oldLength(bytes: Buffer, at: number, kind: number): Length | undefined {
  const width = [1, 2, 4][kind];
  if (width == null || at + width > bytes.length) return undefined;
  return { start: at + width, size: bytes.readUIntBE(at, width) };
}

/** The subpackets of a signature that are signed themselves, by their types (5.2.3.7). */
function subpacketsOf(body: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if (body.length < 6) return found;
  const area = body.subarray(6, 6 + body.readUInt16BE(4));
  let at = 0;
  while (at < area.length) {
    const length = newLength(area, at);
    if (!length || length.size === 0) break;
    const type = (area[length.start] ?? 0) & 0x7f;
    at = length.start + length.size;
    const value = area.subarray(length.start + 1, at);
    if (value.length >= 4) found.set(type, value);
  }
  return found;
}
