import { LockstepError } from '../system/error.ts';

/** Numbers of the tags that are read here (rpm: include/rpm/rpmtag.h). */
export const RPM_TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  preInstall: 1023,
  postInstall: 1024,
  preUninstall: 1025,
  postUninstall: 1026,
  fileSizes: 1028,
  fileModes: 1030,
  fileDigests: 1035,
  fileLinks: 1036,
  sourceRpm: 1044,
  provideNames: 1047,
  requireFlags: 1048,
  requireNames: 1049,
  requireVersions: 1050,
  provideFlags: 1112,
  provideVersions: 1113,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  payloadCompressor: 1125,
  postTransaction: 1152,
  postTransactionProgram: 1154,
  postInstallProgram: 1086,
  fileDigestAlgorithm: 5011,
} as const;

/** A header: values by the number of their tag. */
export interface RpmHeader {
  text(tag: number): string | undefined;
  texts(tag: number): string[];
  numbers(tag: number): number[];
  /** Bytes that the header takes, magic included. */
  size: number;
}

const MAGIC = 0x8eade801;
const LIMIT = 256 << 20;
const ENTRY_SIZE = 16;

interface Entry {
  type: number;
  offset: number;
  count: number;
}

/**
 * Reads a header structure (rpm: docs/manual/format_header.md). `magic` is absent in the rows of a
 * database. Throws `invalid-content` when it is damaged.
 */
export function readRpmHeader(bytes: Uint8Array, options: { magic?: boolean } = {}): RpmHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = (options.magic ?? true) ? 8 : 0;
  if (bytes.length < start + 8) throw damaged();
  if (start === 8 && view.getUint32(0) !== MAGIC) throw damaged();
  const count = view.getUint32(start);
  const storeSize = view.getUint32(start + 4);
  const store = start + 8 + count * ENTRY_SIZE;
  if (storeSize > LIMIT || store + storeSize > bytes.length) throw damaged();
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index++) {
    const at = start + 8 + index * ENTRY_SIZE;
    const [type, offset, length] = [4, 8, 12].map((field) => view.getUint32(at + field));
    entries.set(view.getUint32(at), { type: type ?? 0, offset: offset ?? 0, count: length ?? 0 });
  }
  const data = bytes.subarray(store, store + storeSize);
  const texts = (tag: number) => textsAt(data, entries.get(tag));
  return {
    texts,
    text: (tag) => texts(tag)[0],
    numbers: (tag) => numbersAt(data, entries.get(tag)),
    size: store + storeSize,
  };
}

/** STRING 6, STRING_ARRAY 8, I18NSTRING 9: texts one after the other. */
function textsAt(data: Uint8Array, entry: Entry | undefined): string[] {
  if (!entry || ![6, 8, 9].includes(entry.type)) return [];
  const texts: string[] = [];
  let at = entry.offset;
  for (let index = 0; index < entry.count; index++) {
    const end = data.indexOf(0, at);
    if (end < 0) throw damaged();
    texts.push(Buffer.from(data.subarray(at, end)).toString('utf8'));
    at = end + 1;
  }
  return texts;
}

/** CHAR 1, INT8 2, INT16 3, INT32 4, INT64 5. */
function numbersAt(data: Uint8Array, entry: Entry | undefined): number[] {
  const width = [0, 1, 1, 2, 4, 8][entry?.type ?? 0] ?? 0;
  if (!entry || width === 0) return [];
  if (entry.offset + entry.count * width > data.length) throw damaged();
  const view = new DataView(data.buffer, data.byteOffset + entry.offset);
  return Array.from({ length: entry.count }, (_, index) => {
    if (width === 1) return view.getUint8(index);
    if (width === 2) return view.getUint16(index * 2);
    return width === 4 ? view.getUint32(index * 4) : Number(view.getBigUint64(index * 8));
  });
}

function damaged(): LockstepError {
  return new LockstepError('invalid-content', 'broken RPM header');
}
