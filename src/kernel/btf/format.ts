import { LockstepError } from '../../system/error.ts';
import type { BtfRules } from '../version/loader.ts';

/** Kinds of types (include/uapi/linux/btf.h). */
export const KIND = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

export const LAST_KIND: number = KIND.enum64;

const { typedef, volatile, restrict } = KIND;
const MODIFIERS: ReadonlySet<number> = new Set([
  typedef,
  volatile,
  KIND.const,
  restrict,
  KIND.typeTag,
]);

/** Says of a type that it only refers to another one. */
export function isModifier({ kind }: BtfType): boolean {
  return MODIFIERS.has(kind);
}

/** One type. `size` is that of the type, or the number of another type, as its kind has it. */
export interface BtfType {
  kind: number;
  /** Members, values or parameters. */
  count: number;
  flag: boolean;
  size: number;
  /** Offset of its name, 0 for none. */
  name: number;
  /** Where what follows its three words begins. */
  at: number;
}

/** Type information of a kernel, or of a module on top of that of its kernel. */
export interface Btf {
  bytes: Buffer;
  view: DataView;
  little: boolean;
  rules: BtfRules;
  /** Where each type begins; the first of a kernel is `void`, which stands nowhere. */
  types: number[];
  /** Number of the first type, and offset of the first string. */
  firstType: number;
  firstString: number;
  typesAt: number;
  typesEnd: number;
  strings: Buffer;
  base: Btf | undefined;
}

export const TYPE_SIZE = 12;
const VOID: BtfType = { kind: 0, count: 0, flag: false, size: 0, name: 0, at: 0 };

/** Numbers of types up to the next free one (`btf_nr_types`). */
export function countTypes(btf: Btf): number {
  return btf.firstType + btf.types.length;
}

/** A type by its number; undefined when there is none. */
export function typeById(btf: Btf, id: number): BtfType | undefined {
  if (id < btf.firstType && btf.base) return typeById(btf.base, id);
  const at = btf.types[id - btf.firstType];
  return at === undefined ? undefined : at < 0 ? VOID : typeAt(btf, at);
}

/** Reads the three words of a type, which must be there. */
export function typeAt({ view, little, rules }: Btf, at: number): BtfType {
  const info = view.getUint32(at + 4, little);
  return {
    kind: (info >>> 24) & (rules.widened ? 0x7f : 0x1f),
    count: info & (rules.widened ? 0xff_ffff : 0xffff),
    flag: info >>> 31 === 1,
    size: view.getUint32(at + 8, little),
    name: view.getUint32(at, little),
    at: at + TYPE_SIZE,
  };
}

/** Bytes behind the three words of a type. */
export function tailSize({ kind, count }: BtfType): number {
  const one = ONE[kind] ?? 0;
  return EACH.has(kind) ? one * count : one;
}

const ONE: Readonly<Record<number, number>> = {
  [KIND.int]: 4,
  [KIND.array]: 12,
  [KIND.struct]: 12,
  [KIND.union]: 12,
  [KIND.enum]: 8,
  [KIND.prototype]: 8,
  [KIND.variable]: 4,
  [KIND.section]: 12,
  [KIND.declarationTag]: 4,
  [KIND.enum64]: 12,
};
const { struct, union, prototype, section, enum64 } = KIND;
const EACH: ReadonlySet<number> = new Set([struct, union, KIND.enum, prototype, section, enum64]);

/** The bytes from a name's offset on; undefined when no string begins there. */
export function stringFrom(btf: Btf, offset: number): Buffer | undefined {
  if (offset < btf.firstString && btf.base) return stringFrom(btf.base, offset);
  const at = offset - btf.firstString;
  return at < btf.strings.length ? btf.strings.subarray(at) : undefined;
}

export function nameOf(btf: Btf, offset: number): string {
  const bytes = stringFrom(btf, offset) ?? Buffer.alloc(0);
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

/** Why Linux does not understand it, in the words of its verifier where it has some. */
export function notUnderstood(message: string): LockstepError {
  return new LockstepError('invalid-content', message);
}
