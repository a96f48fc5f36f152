import { LockstepError } from '../system/error.ts';
import { readRpmHeader } from './rpm-header.ts';

/** One value of a header as it lies there. */
export interface RpmEntry {
  tag: number;
  type: number;
  /** How many values: texts, numbers or bytes. */
  count: number;
  bytes: Uint8Array;
}

/** Types of values (rpm: include/rpm/rpmtag.h). */
export const RPM_TYPE = { int16: 3, int32: 4, text: 6, bytes: 7, texts: 8, i18n: 9 } as const;

/** What a header calls itself by its first entry: `header` in a package, `signature` before it. */
export const RPM_REGION = { signature: 62, header: 63 } as const;

/** rpm aligns numbers to their width; CHAR 1, INT8 2, INT16 3, INT32 4, INT64 5. */
const WIDTH = [0, 1, 1, 2, 4, 8];

/**
 * The entries of a header without its regions, which `writeRpmHeader` makes anew. Throws
 * `invalid-content`, also for entries that lie over each other: there would be no end of them.
 */
export function readRpmEntries(bytes: Uint8Array): RpmEntry[] {
  const { size } = readRpmHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const count = view.getUint32(8);
  const store = bytes.subarray(16 + count * 16, size);
  const entries: RpmEntry[] = [];
  let told = 0;
  for (let at = 16; at < 16 + count * 16; at += 16) {
    const [tag = 0, type = 0, offset = 0, length = 0] = [0, 4, 8, 12].map((field) =>
      view.getUint32(at + field),
    );
    if (tag < 100) continue;
    const end = offset + lengthOf(store.subarray(offset), type, length);
    told += end - offset;
    if (told > store.length) throw broken();
    entries.push({ tag, type, count: length, bytes: store.subarray(offset, end) });
  }
  return entries;
}

function lengthOf(data: Uint8Array, type: number, count: number): number {
  const length = isText(type) ? textLength(data, count) : (WIDTH[type] || 1) * count;
  if (length <= data.length && type > 0 && type <= RPM_TYPE.i18n) return length;
  throw broken();
}

function broken(): LockstepError {
  return new LockstepError('invalid-content', 'broken RPM header');
}

function isText(type: number): boolean {
  return type === RPM_TYPE.text || type === RPM_TYPE.texts || type === RPM_TYPE.i18n;
}

function textLength(data: Uint8Array, count: number): number {
  let end = 0;
  for (let index = 0; index < count; index++) {
    const nul = data.indexOf(0, end);
    if (nul < 0) return Infinity;
    end = nul + 1;
  }
  return end;
}

/**
 * Writes a header as rpm does (docs/manual/format_header.md): entries in the order of their tags,
 * all of them in one region, which is what digests and signatures are of.
 */
export function writeRpmHeader(region: number, entries: readonly RpmEntry[]): Buffer {
  const index: Buffer[] = [];
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const { tag, type, count, bytes } of entries.toSorted((a, b) => a.tag - b.tag)) {
    const padding = Buffer.alloc(-offset & ((WIDTH[type] || 1) - 1));
    offset += padding.length;
    index.push(indexEntry(tag, type, offset, count));
    data.push(padding, bytes);
    offset += bytes.length;
  }
  const trailer = indexEntry(region, RPM_TYPE.bytes, -16 * (index.length + 1), 16);
  const head = Buffer.from([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(index.length + 1, 8);
  head.writeUInt32BE(offset + trailer.length, 12);
  const first = indexEntry(region, RPM_TYPE.bytes, offset, 16);
  return Buffer.concat([head, first, ...index, ...data, trailer]);
}

function indexEntry(tag: number, type: number, offset: number, count: number): Buffer {
  const entry = Buffer.alloc(16);
  // As 32 bits, whatever their sign.
  for (const [at, value] of [tag, type, offset, count].entries())
    entry.writeInt32BE(value | 0, at * 4);
  return entry;
}

/** One text. */
export function textEntry(tag: number, text: string): RpmEntry {
  return { tag, type: RPM_TYPE.text, count: 1, bytes: Buffer.from(`${text}\0`) };
}

/** A list of texts. */
export function textsEntry(tag: number, texts: readonly string[]): RpmEntry {
  const bytes = Buffer.concat(texts.map((text) => Buffer.from(`${text}\0`)));
  return { tag, type: RPM_TYPE.texts, count: texts.length, bytes };
}

/** A list of numbers below 2^32. */
export function numbersEntry(tag: number, numbers: readonly number[]): RpmEntry {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, at * 4);
  return { tag, type: RPM_TYPE.int32, count: numbers.length, bytes };
}
