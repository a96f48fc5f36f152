import {
  contentOf,
  type Field,
  HEADER,
  patched,
  sectionOf,
  withContent,
  withField,
  withLabel,
  withoutSection,
} from './elf.ts';
import type { Variation } from './variation.ts';

function section(name: string, change: (module: Buffer) => Buffer, of = 'fs_user'): Variation {
  return { name, of, change };
}

function field(label: string, name: Field, value: number | bigint): Variation {
  const text = typeof value === 'bigint' && value < 0n ? 'the last number' : value;
  const change = (module: Buffer) => withField(module, { label, field: name }, value);
  return { ...section(`${name} of ${label}: ${text}`, change), needs: label };
}

/** The label of the section with the section names. */
const NAMES = '.shstrtab';

function overlapping(label: string, with_: string): Variation {
  return section(`${label} lies where ${with_} lies`, (module) =>
    withField(module, { label, field: 'offset' }, sectionOf(module, with_).offset),
  );
}

export const SECTION_VARIATIONS: readonly Variation[] = [
  field('.modinfo', 'offset', 1n << 40n),
  field('.modinfo', 'offset', -1n),
  field('.modinfo', 'size', 1n << 40n),
  field('.modinfo', 'size', -1n),
  field('.modinfo', 'size', 0),
  field('.modinfo', 'type', 8),
  field('.modinfo', 'type', 3),
  field('.modinfo', 'flags', 0),
  field('.modinfo', 'align', 0),
  field('.modinfo', 'name', 0xffffff),
  field('.symtab', 'offset', 1n << 40n),
  field('.symtab', 'size', 0),
  field('.symtab', 'size', 24),
  field('.symtab', 'size', 1n << 40n),
  field('.symtab', 'link', 0),
  field('.symtab', 'link', 1),
  field('.symtab', 'link', 9999),
  field('.symtab', 'entsize', 0),
  field('.symtab', 'type', 11),
  field('.symtab', 'info', 0),
  field('.strtab', 'size', 0),
  field('.strtab', 'size', 1n << 40n),
  field('.strtab', 'offset', 1n << 40n),
  field('.strtab', 'type', 1),
  field(NAMES, 'type', 1),
  field(NAMES, 'size', 0),
  field(NAMES, 'size', 1),
  field(NAMES, 'offset', 1n << 40n),
  field('.comment', 'offset', 1n << 40n),
  field('.comment', 'size', 1n << 40n),
  field('.comment', 'type', 0),
  field('.init.text', 'align', 0),
  field('.init.text', 'addr', 4096),
  field('__versions', 'type', 8),
  section('section 0 has a type', (module) => changeFirst(module, 4, 1)),
  section('section 0 has a size', (module) => changeFirst(module, 32, 16)),
  section('section 0 has an address', (module) => changeFirst(module, 16, 16)),
  section('strings do not end with a zero byte', (module) =>
    withContent(module, '.strtab', Buffer.concat([contentOf(module, '.strtab'), Buffer.from('x')])),
  ),
  section('section names do not end with a zero byte', (module) =>
    withContent(module, NAMES, Buffer.concat([contentOf(module, NAMES), Buffer.from('x')])),
  ),
  section('no symbol table', (module) => withField(module, { label: '.symtab', field: 'type' }, 1)),
  section('two symbol tables', (module) =>
    withField(module, { label: '.comment', field: 'type' }, 2),
  ),
  section('two of .modinfo', (module) => withLabel(module, '.comment', '.modinfo')),
  section('no .comment', (module) => withoutSection(module, '.comment')),
  section('two sections of one name', (module) => withLabel(module, '.init.text', '.exit.text')),
  overlapping('.comment', '.modinfo'),
  overlapping('.note.GNU-stack', '.modinfo'),
  { ...overlapping('__versions', '.modinfo'), needs: '__versions' },
  section('.modinfo is writable', (module) =>
    withField(module, { label: '.modinfo', field: 'flags' }, 3),
  ),
];

/** Changes one number in the header of the empty first section. */
function changeFirst(module: Buffer, at: number, value: number): Buffer {
  return patched(module, Number(module.readBigUInt64LE(HEADER.shoff)) + at, [value]);
}
