import { LockstepError } from '../../system/error.ts';
import { asBuffer, cString } from '../elf/c-string.ts';

/** One value of an index: for aliases and symbols a module name, for `modules.dep.bin` a line. */
export interface IndexValue {
  key: string;
  value: string;
  /** Earlier modules of `modules.order` have lower numbers. */
  priority: number;
}

const MAGIC = 0xb007f457;
const VERSION = 0x00020001;
const HAS_PREFIX = 0x80000000;
const HAS_VALUES = 0x40000000;
const HAS_CHILDREN = 0x20000000;
const OFFSET = 0x0fffffff;
const DEPTH_LIMIT = 4096;

/**
 * Every value of a `modules.*.bin` (kmod: libkmod/libkmod-index.c), a radix tree of bytes. Throws
 * `invalid-content` for a tree that leads out of the file or back into itself.
 */
export function readModuleIndex(content: Uint8Array): IndexValue[] {
  const bytes = asBuffer(content);
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== MAGIC) throw broken('not a module index');
  if (bytes.readUInt32BE(4) >>> 16 !== VERSION >>> 16) throw broken('unknown version');
  const values: IndexValue[] = [];
  const seen = new Set<number>();
  const stack = [{ node: bytes.readUInt32BE(8), key: '', depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, key, depth } = next;
    if ((node & OFFSET) === 0) continue;
    if (seen.has(node & OFFSET) || depth > DEPTH_LIMIT) throw broken('a loop');
    seen.add(node & OFFSET);
    const children = readNode(bytes, node, key, values);
    for (const child of children.reverse()) stack.push({ ...child, depth: depth + 1 });
  }
  return values;
}

/** A node: prefix, children (first and last byte, an offset for each), values. */
function readNode(
  bytes: Buffer,
  node: number,
  before: string,
  values: IndexValue[],
): { node: number; key: string }[] {
  let at = node & OFFSET;
  let key = before;
  if ((node & HAS_PREFIX) !== 0) {
    const prefix = textAt(bytes, at);
    key += prefix;
    at += prefix.length + 1;
  }
  const children: { node: number; key: string }[] = [];
  if ((node & HAS_CHILDREN) !== 0) {
    const [first, last] = [need(bytes, at, 2).readUInt8(at), bytes.readUInt8(at + 1)];
    at += 2;
    for (let byte = first; byte <= last; byte++, at += 4) {
      const child = need(bytes, at, 4).readUInt32BE(at);
      children.push({ node: child, key: key + String.fromCharCode(byte) });
    }
  }
  if ((node & HAS_VALUES) !== 0) {
    const count = need(bytes, at, 4).readUInt32BE(at);
    at += 4;
    for (let index = 0; index < count; index++) {
      const priority = need(bytes, at, 4).readUInt32BE(at);
      const value = textAt(bytes, at + 4);
      values.push({ key, value, priority });
      at += 4 + value.length + 1;
    }
  }
  return children;
}

function textAt(bytes: Buffer, at: number): string {
  if (at >= bytes.length || bytes.indexOf(0, at) < 0) throw broken('it ends early');
  return cString(bytes, at);
}

function need(bytes: Buffer, at: number, count: number): Buffer {
  if (at + count > bytes.length) throw broken('it ends early');
  return bytes;
}

function broken(what: string): LockstepError {
  return new LockstepError('invalid-content', `broken module index: ${what}`);
}
