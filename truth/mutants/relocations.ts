import { contentOf, type Field, patched, sectionOf, withContent, withField } from './elf.ts';
import {
  importsOf,
  symbolOf,
  withSymbolName,
  withSymbolSection,
  withWeakSymbol,
} from './symbols.ts';
import { memberOf, type Variation } from './variation.ts';

const RELOCATIONS = '.rela.gnu.linkonce.this_module';

function changed(name: string, of: string, change: (module: Buffer) => Buffer): Variation {
  return { name, of, change };
}

function field(name: Field, value: number): Variation {
  return changed(`${name} of ${RELOCATIONS}: ${value}`, 'plain', (module) =>
    withField(module, { label: RELOCATIONS, field: name }, value),
  );
}

/** A name of the exports' table in place of another one that is at least as long. */
function exportedAs(module: Buffer, from: string, to: string): Buffer {
  const strings = Buffer.from(contentOf(module, '__ksymtab_strings'));
  const at = strings.indexOf(`${from}\0`);
  strings.fill(0, at, at + from.length);
  strings.write(to, at, 'latin1');
  return withContent(module, '__ksymtab_strings', strings);
}

const exporting = (to: string) =>
  changed(`exports ${to} in place of lockstep_free`, 'provider', (module) =>
    exportedAs(module, 'lockstep_free', to),
  );

export const SYMBOL_VARIATIONS: readonly Variation[] = [
  changed('an import of another name', 'fs_user', (module) =>
    withSymbolName(module, 'iput', 'iput_of_nobody'),
  ),
  changed('an import without a name', 'fs_user', (module) =>
    patched(module, symbolOf(module, 'iput').at, [0, 0, 0, 0]),
  ),
  changed('an import is weak', 'fs_user', (module) => withWeakSymbol(module, 'iput')),
  changed('an import that nobody exports is weak', 'missing', (module) =>
    withWeakSymbol(module, 'lockstep_absent'),
  ),
  changed('a GPL-only import is weak under CDDL', 'gpl_user', (module) => {
    const weak = importsOf(module).reduce(withWeakSymbol, module);
    const info = Buffer.from(contentOf(weak, '.modinfo'));
    const at = info.indexOf('license=GPL');
    info.write('CDDL\0\0', at + 'license='.length, 'latin1');
    return withContent(weak, '.modinfo', info);
  }),
  changed('an import is a common symbol', 'fs_user', (module) =>
    withSymbolSection(module, 'iput', 0xfff2),
  ),
  changed('an import is absolute', 'fs_user', (module) =>
    withSymbolSection(module, 'iput', 0xfff1),
  ),
  changed('an import of a livepatch symbol section', 'fs_user', (module) =>
    withSymbolSection(module, 'iput', 0xff20),
  ),
  changed('init_module is undefined', 'plain', (module) =>
    withSymbolSection(module, 'init_module', 0),
  ),
  changed('init_module is missing', 'plain', (module) =>
    withField(module, { label: RELOCATIONS, field: 'size' }, 0),
  ),
  exporting('put_device'),
  exporting('iput'),
  exporting('lockstep_gpl'),
  exporting('other'),
  {
    name: 'provider exports another name',
    of: 'free_consumer',
    change: (module) => module,
    before: (family) => [exportedAs(memberOf(family, 'provider'), 'lockstep_free', 'other')],
  },
  { name: 'without its provider', of: 'free_consumer', change: same, before: () => [] },
  { name: 'without its provider', of: 'consumer', change: same, before: () => [] },
  {
    name: 'without the module in between',
    of: 'chain',
    change: same,
    before: (family) => [memberOf(family, 'provider')],
  },
  {
    name: 'a clash of exports',
    of: 'clash',
    change: same,
    before: (family) => [memberOf(family, 'provider')],
  },
  {
    name: 'a clash of exports, the other way round',
    of: 'provider',
    change: same,
    before: (family) => [memberOf(family, 'clash')],
  },
  {
    name: 'provider of the same name from elsewhere',
    of: 'free_consumer',
    change: same,
    before: (family) => [memberOf(family, 'clash')],
  },
  {
    name: 'loaded a second time',
    of: 'plain',
    change: same,
    before: (family) => [memberOf(family, 'plain')],
  },
];

export const RELOCATION_VARIATIONS: readonly Variation[] = [
  field('info', 9999),
  field('info', 0),
  field('link', 0),
  field('type', 9),
  field('type', 1),
  changed('a relocation of an unknown kind', 'plain', (module) =>
    patched(module, sectionOf(module, RELOCATIONS).offset + 8, [0xff]),
  ),
  changed('a relocation of no kind', 'plain', (module) =>
    patched(module, sectionOf(module, RELOCATIONS).offset + 8, [0]),
  ),
  changed('a place to relocate that is not zero', 'plain', (module) => {
    const where = Number(module.readBigUInt64LE(sectionOf(module, RELOCATIONS).offset));
    const { offset } = sectionOf(module, '.gnu.linkonce.this_module');
    return patched(module, offset + where, [1]);
  }),
];

function same(module: Buffer): Buffer {
  return module;
}
