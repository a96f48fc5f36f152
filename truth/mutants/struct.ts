import { contentOf, sectionOf, withContent, withField, withLabel, withoutSection } from './elf.ts';
import type { Variation } from './variation.ts';

const STRUCT = '.gnu.linkonce.this_module';

/** Offset of the name in `struct module`: after state and list head. */
const NAME_AT = 24;
const NAME_SIZE = 56;

function resized(name: string, difference: number, of = 'plain'): Variation {
  const change = (module: Buffer) => {
    const { size } = sectionOf(module, STRUCT);
    const content = Buffer.alloc(size + difference);
    contentOf(module, STRUCT).copy(content);
    return withContent(module, STRUCT, content);
  };
  return { name: `struct module ${name}`, of, change };
}

/** A copy whose `struct module` has another name, which is the one that the kernel goes by. */
export function withModuleName(module: Buffer, name: string): Buffer {
  const content = Buffer.from(contentOf(module, STRUCT));
  content.fill(0, NAME_AT, NAME_AT + NAME_SIZE);
  content.write(name, NAME_AT, 'latin1');
  return withContent(module, STRUCT, content);
}

function renamed(name: string, of = 'plain'): Variation {
  const change = (module: Buffer) => withModuleName(module, name);
  return { name: `struct module names itself ${JSON.stringify(name)}`, of, change };
}

function changed(name: string, change: (module: Buffer) => Buffer, of = 'plain'): Variation {
  return { name, of, change };
}

export const STRUCT_VARIATIONS: readonly Variation[] = [
  resized('64 bytes longer', 64),
  resized('64 bytes shorter', -64),
  resized('64 bytes longer', 64, 'initless'),
  resized('8 bytes longer', 8, 'initless'),
  resized('4096 bytes longer', 4096, 'initless'),
  changed('no struct module', (module) => withoutSection(module, STRUCT)),
  changed('no struct module', (module) => withoutSection(module, STRUCT), 'initless'),
  changed('struct module of no size', (module) =>
    withField(module, { label: STRUCT, field: 'size' }, 0),
  ),
  changed('struct module not to be loaded', (module) =>
    withField(module, { label: STRUCT, field: 'flags' }, 0),
  ),
  changed('struct module without content', (module) =>
    withField(module, { label: STRUCT, field: 'type' }, 8),
  ),
  changed('struct module under a similar name', (module) =>
    withLabel(module, STRUCT, `${STRUCT}s`),
  ),
  changed('two of struct module', (module) => withLabel(module, '.comment', STRUCT)),
  renamed('other'),
  renamed('plain-with-dashes'),
  renamed(''),
  renamed('a/slash'),
  renamed('kernel'),
  renamed('printk'),
  renamed('configfs'),
  renamed('n'.repeat(55)),
];
