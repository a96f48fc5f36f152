/** What the parts of type information hold. */
export interface BtfBuild {
  /** Words of the types one behind the other: name, info, size or type, and what follows. */
  types?: readonly number[];
  /** Strings one behind the other; a kernel's begin with the empty one, which is put before them. */
  strings?: readonly string[];
  /** Those of a module, which go on where its kernel's end. */
  isSplit?: boolean;
}

/** The bytes of `.BTF`, little-endian. */
export function aBtf({ types = [], strings = [], isSplit = false }: BtfBuild = {}): Buffer {
  const text = Buffer.from(
    [...(isSplit ? [] : ['']), ...strings].map((each) => `${each}\0`).join(''),
  );
  const words = Buffer.alloc(types.length * 4);
  for (const [index, word] of types.entries()) words.writeUInt32LE(word >>> 0, index * 4);
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0x1_eb9f);
  for (const [at, value] of [24, 0, words.length, words.length, text.length].entries())
    header.writeUInt32LE(value, 4 + at * 4);
  return Buffer.concat([header, words, text]);
}

/** The second word of a type. */
export function info(kind: number, count = 0, flag = false): number {
  return ((flag ? 0x8000_0000 : 0) | (kind << 24) | count) >>> 0;
}
