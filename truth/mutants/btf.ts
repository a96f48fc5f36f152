import { appended, KINDS, type Names, withHeader, words } from './btf-edit.ts';
import { contentOf, withContent, withField, withoutSection } from './elf.ts';
import type { Variation } from './variation.ts';

const { int, pointer, array, struct, union, enum64, forward, typedef, prototype } = KINDS;

function changed(name: string, change: (module: Buffer) => Buffer): Variation {
  return { name: `.BTF: ${name}`, of: 'plain', needs: '.BTF', change };
}

function content(name: string, change: (content: Buffer) => Buffer): Variation {
  return changed(name, (module) => withContent(module, '.BTF', change(contentOf(module, '.BTF'))));
}

function header(name: string, at: number, value: number, bytes: 1 | 2 | 4 = 4): Variation {
  return changed(name, (module) => withHeader(module, at, value, bytes));
}

function type(name: string, make: (names: Names) => readonly number[], string?: string): Variation {
  const add = (names: Names) => ({
    types: make(names),
    ...(string === undefined ? {} : { string }),
  });
  return changed(name, (module) => appended(module, '.BTF', add));
}

function base(name: string, make: (names: Names) => readonly number[], string?: string): Variation {
  const add = (names: Names) => ({
    types: make(names),
    ...(string === undefined ? {} : { string }),
  });
  return {
    name: `.BTF.base: ${name}`,
    of: 'plain',
    needs: '.BTF.base',
    change: (module) => appended(module, '.BTF.base', add),
  };
}

const flagged = (kind: number) => ({ kind, flag: true });
const many = (kind: number, count: number) => ({ kind, count });
const member = (name: number, offset: number, of = 1) => [name, of, offset];

const HEADERS: readonly Variation[] = [
  header('another magic', 0, 0xeb9e, 2),
  header('another version', 2, 2, 1),
  header('a flag', 3, 1, 1),
  header('a header of 8 bytes', 4, 8),
  header('a header longer than the section', 4, 0xff_ffff),
  header('types at 4', 8, 4),
  header('one byte of types less', 12, 3),
  header('types without end', 12, 0xffff_fff0),
  header('strings at 0', 16, 0),
  header('no strings', 20, 0),
  content('a byte more', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  content('a byte less', (bytes) => bytes.subarray(0, -1)),
  content('seven bytes', (bytes) => bytes.subarray(0, 7)),
  content('its header alone', (bytes) => bytes.subarray(0, 24)),
  content('an empty header', () => {
    const empty = Buffer.alloc(24);
    empty.writeUInt32LE(0x1_eb9f);
    empty.writeUInt32LE(24, 4);
    return empty;
  }),
  content('zero bytes', (bytes) => Buffer.alloc(bytes.length)),
  content('text', () => Buffer.from('this is no type information')),
  content('strings that do not end', (bytes) => {
    const copy = Buffer.from(bytes);
    copy[copy.length - 1] = 65;
    return copy;
  }),
  changed('empty', (module) => withField(module, { label: '.BTF', field: 'size' }, 0)),
  changed('not loaded', (module) => withField(module, { label: '.BTF', field: 'flags' }, 0)),
  changed('under another name', (module) => withoutSection(module, '.BTF')),
];

const TYPES: readonly Variation[] = [
  type('a typedef', ({ own }) => words(own, typedef, 1)),
  type('a typedef with a name beyond the strings', () => words(0xff_fff0, typedef, 1)),
  type('a name above the highest', () => words(0x100_0000, typedef, 1)),
  type('a typedef without a name', () => words(0, typedef, 1)),
  type('a typedef of what is not there', ({ own }) => words(own, typedef, 0xf_fff0)),
  type('a typedef of a type above the highest', ({ own }) => words(own, typedef, 0x10_0000)),
  type('a name with a blank', ({ fresh }) => words(fresh, typedef, 1), 'a b'),
  type('a name with a digit first', ({ fresh }) => words(fresh, typedef, 1), '1a'),
  type('a name of Latin-1', ({ fresh }) => words(fresh, typedef, 1), 'é'),
  type('a name of 512 letters', ({ fresh }) => words(fresh, typedef, 1), 'a'.repeat(512)),
  type('a name of 513 letters', ({ fresh }) => words(fresh, typedef, 1), 'a'.repeat(513)),
  type('kind 0', () => words(0, 0, 0)),
  type('kind 20', () => words(0, 20, 0)),
  type('kind 31', () => words(0, 31, 0)),
  type('an unused bit', ({ own }) => words(own, { kind: typedef, unused: 1 << 29 }, 1)),
  type('a count above 65535', ({ own }) => words(own, { kind: typedef, unused: 1 << 16 }, 1)),
  type('cut off', () => [0, 0]),
  type('an integer', ({ own }) => words(own, int, 4, 32)),
  type('an integer without bits behind it', ({ own }) => words(own, int, 4)),
  type('an integer that is larger than its size', ({ own }) => words(own, int, 4, 33)),
  type('an integer of two encodings', ({ own }) => words(own, int, 4, (3 << 24) | 32)),
  type('an integer of 129 bits', ({ own }) => words(own, int, 32, 129)),
  type('an integer with an unknown bit', ({ own }) => words(own, int, 4, 0x1000_0020)),
  type('a pointer', () => words(0, pointer, 1)),
  type('a pointer to what is not there', () => words(0, pointer, 0xf_fff0)),
  type('a pointer to a type above the highest', () => words(0, pointer, 0x10_0000)),
  type('a pointer with a name', ({ own }) => words(own, pointer, 1)),
  type('a pointer with a flag', () => words(0, flagged(pointer), 1)),
  type('a const with a count', () => words(0, many(KINDS.const, 1), 1)),
  type('an array of void', () => words(0, array, 0, 0, 1, 1)),
  type('an array', () => words(0, array, 0, 1, 1, 1)),
  type('an array with a size', () => words(0, array, 4, 1, 1, 1)),
  type('a structure', ({ own }) => words(own, many(struct, 1), 8, ...member(own, 0))),
  type('a member of void', ({ own }) => words(own, many(struct, 1), 8, ...member(own, 0, 0))),
  type('a member beyond its structure', ({ own }) =>
    words(own, many(struct, 1), 8, ...member(own, 65)),
  ),
  type('members out of order', ({ own }) =>
    words(own, many(struct, 2), 8, ...member(own, 32), ...member(own, 0)),
  ),
  type('a member whose name is not there', ({ own }) =>
    words(own, many(struct, 1), 8, ...member(0xff_fff0, 0)),
  ),
  type('a union with an offset', ({ own }) => words(own, many(union, 1), 8, ...member(own, 8))),
  type('a bit field', ({ own }) =>
    words(own, { kind: struct, count: 1, flag: true }, 8, ...member(own, (4 << 24) | 3)),
  ),
  type('an enumeration', ({ own }) => words(0, many(KINDS.enum, 1), 4, own, 1)),
  type('an enumeration of three bytes', ({ own }) => words(0, many(KINDS.enum, 1), 3, own, 1)),
  type('a value without a name', () => words(0, many(KINDS.enum, 1), 4, 0, 1)),
  type('an enumeration of 64 bits', ({ own }) => words(0, many(enum64, 1), 8, own, 1, 1)),
  type('a forward declaration', ({ own }) => words(own, flagged(forward), 0)),
  type('a forward declaration without a name', () => words(0, forward, 0)),
  type('a forward declaration of a type', ({ own }) => words(own, forward, 1)),
  type('a prototype', ({ own }) => words(0, many(prototype, 1), 1, own, 1)),
  type('a prototype with a name', ({ own }) => words(own, prototype, 0)),
  type('a function of what is no prototype', ({ own }) => words(own, KINDS.function, 1)),
  type('an external function', ({ own }) => words(own, many(KINDS.function, 2), 1)),
  type('a variable', ({ own }) => words(own, KINDS.variable, 1, 1)),
  type('an external variable', ({ own }) => words(own, KINDS.variable, 1, 2)),
  type('a variable of void', ({ own }) => words(own, KINDS.variable, 0, 1)),
  type('a section', ({ own }) => words(own, many(KINDS.section, 1), 4, 1, 0, 4)),
  type('a section of no size', ({ own }) => words(own, KINDS.section, 0)),
  type('a section that ends too soon', ({ own }) => words(own, many(KINDS.section, 1), 4, 1, 2, 4)),
  type('a section with a blank', ({ fresh }) => words(fresh, KINDS.section, 4), '.a b'),
  type('a float', ({ own }) => words(own, KINDS.float, 8)),
  type('a float of five bytes', ({ own }) => words(own, KINDS.float, 5)),
  type('a tag', ({ own }) => words(own, KINDS.typeTag, 1)),
  type('a tag with a flag', ({ own }) => words(own, flagged(KINDS.typeTag), 1)),
  type('a tag without a name', () => words(0, KINDS.typeTag, 1)),
  type('a tag of a declaration', ({ own }) => words(own, KINDS.declarationTag, 1, 0xffff_ffff)),
  type('a tag of component -2', ({ own }) => words(own, KINDS.declarationTag, 1, 0xffff_fffe)),
];

const BASES: readonly Variation[] = [
  base('a structure that the kernel lacks', ({ fresh }) => words(fresh, struct, 8), 'absent_x'),
  base('an integer that the kernel lacks', ({ fresh }) => words(fresh, int, 4, 32), 'absent_x'),
  base('a structure of the kernel', ({ fresh }) => words(fresh, struct, 1), 'task_struct'),
  base('a union instead of a structure', ({ fresh }) => words(fresh, union, 8), 'task_struct'),
  base('a forward declaration', ({ fresh }) => words(fresh, forward, 0), 'task_struct'),
  base(
    'a forward declaration of a union',
    ({ fresh }) => words(fresh, flagged(forward), 0),
    'task_struct',
  ),
  base('an integer of another size', ({ fresh }) => words(fresh, int, 8, 64), 'int'),
  base('a pointer', () => words(0, pointer, 1)),
  base('an integer without a name', () => words(0, int, 4, 32)),
  {
    name: '.BTF.base: empty',
    of: 'plain',
    needs: '.BTF.base',
    change: (module) => withField(module, { label: '.BTF.base', field: 'size' }, 0),
  },
  {
    name: '.BTF.base: under another name',
    of: 'plain',
    needs: '.BTF.base',
    change: (module) => withoutSection(module, '.BTF.base'),
  },
];

/** Type information that is damaged, odd, or for another kernel. */
export const BTF_VARIATIONS: readonly Variation[] = [...HEADERS, ...TYPES, ...BASES];
