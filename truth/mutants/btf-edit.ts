import { contentOf, withContent } from './elf.ts';

/** Kinds that mutants append (include/uapi/linux/btf.h). */
export const KINDS = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  const: 10,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Where the parts of well-formed type information lie. */
interface Parts {
  header: Buffer;
  types: Buffer;
  strings: Buffer;
}

/** Bytes behind the three words of a type: for each of its elements, or once. */
const EACH: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 };
const ONCE: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 };

/** What a mutant may refer to. */
export interface Names {
  /** Offset of a name of the module itself, as that of a function. */
  own: number;
  /** Offset of the first string that is appended. */
  fresh: number;
  /** Number of the first type that is appended. */
  next: number;
}

/** A type in words: name, kind, size or type, and what follows. */
export function words(
  name: number,
  kind: number | { kind: number; count?: number; flag?: boolean; unused?: number },
  size: number,
  ...tail: readonly number[]
): number[] {
  const {
    count = 0,
    flag = false,
    unused = 0,
    ...given
  } = typeof kind === 'number' ? { kind } : kind;
  return [name, ((flag ? 1 << 31 : 0) | (given.kind << 24) | unused | count) >>> 0, size, ...tail];
}

/** The module with types, and maybe a string, behind those that it has in a section. */
export function appended(
  module: Buffer,
  section: '.BTF' | '.BTF.base',
  make: (names: Names) => { types: readonly number[]; string?: string | Buffer },
): Buffer {
  const parts = partsOf(contentOf(module, section));
  const made = make(namesOf(parts));
  const types = Buffer.alloc(made.types.length * 4);
  for (const [index, word] of made.types.entries()) types.writeUInt32LE(word >>> 0, index * 4);
  const more = made.string === undefined ? [] : [Buffer.from(made.string), Buffer.alloc(1)];
  return withContent(
    module,
    section,
    joined({
      header: parts.header,
      types: Buffer.concat([parts.types, types]),
      strings: Buffer.concat([parts.strings, ...more]),
    }),
  );
}

/** The module with one field of the header changed. */
export function withHeader(
  module: Buffer,
  at: number,
  value: number,
  bytes: 1 | 2 | 4 = 4,
): Buffer {
  const content = Buffer.from(contentOf(module, '.BTF'));
  content.writeUIntLE(value, at, bytes);
  return withContent(module, '.BTF', content);
}

function partsOf(content: Buffer): Parts {
  const length = content.readUInt32LE(4);
  const part = (at: number) => {
    const from = length + content.readUInt32LE(at);
    return content.subarray(from, from + content.readUInt32LE(at + 4));
  };
  return { header: content.subarray(0, 24), types: part(8), strings: part(16) };
}

function joined({ header, types, strings }: Parts): Buffer {
  const head = Buffer.from(header);
  for (const [at, value] of [24, 0, types.length, types.length, strings.length].entries())
    head.writeUInt32LE(value, 4 + at * 4);
  return Buffer.concat([head, types, strings]);
}

/** The highest name of all belongs to the last string of the module itself. */
function namesOf({ types, strings }: Parts): Names {
  let highest = 0;
  let next = 1;
  for (let at = 0; at < types.length; next++) {
    const info = types.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 0x1f;
    const each = EACH[kind] ?? 0;
    const size = ONCE[kind] ?? each * (info & 0xffff);
    highest = Math.max(highest, types.readUInt32LE(at));
    if (each > 0 && kind !== 15)
      for (let tail = at + 12; tail < at + 12 + size; tail += each)
        highest = Math.max(highest, types.readUInt32LE(tail));
    at += 12 + size;
  }
  const last = strings.lastIndexOf(0, strings.length - 2) + 1;
  return { own: highest, fresh: highest - last + strings.length, next };
}
