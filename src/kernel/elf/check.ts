import type { LoaderRules } from '../version/loader.ts';
import {
  type Elf,
  type ElfLayout,
  type ElfSection,
  ET_REL,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_NOBITS,
  SHT_NULL,
  SHT_STRTAB,
  SHT_SYMTAB,
  sectionBytes,
} from './elf.ts';

/** One thing wrong with the container of a module, in the words of the kernel. */
export interface ElfProblem {
  message: string;
  /** The kernel refuses the module; else it takes it and may come to harm. */
  fatal: boolean;
}

/** What a kernel of one architecture expects of a module. */
export interface ElfExpectation {
  machine: number;
  layout: ElfLayout;
}

/**
 * What Linux checks of an ELF file before it looks at what it holds, in its order
 * (`elf_validity_check` up to 6.3, `elf_validity_cache_copy` since; kernel/module/main.c), and
 * what it would trip over.
 */
export function checkElf(elf: Elf, expected: ElfExpectation, loader: LoaderRules): ElfProblem[] {
  return [
    ...checkHeader(elf, expected),
    ...checkNames(elf),
    ...checkBounds(elf, loader),
    ...checkTables(elf, loader),
    ...checkFlags(elf, loader),
    ...(loader.wantsDistinctSections ? checkDistinct(elf) : []),
    ...checkOverlaps(elf),
  ];
}

function* checkHeader(elf: Elf, expected: ElfExpectation): Generator<ElfProblem> {
  const { bits, endian } = expected.layout;
  if (elf.type !== ET_REL) yield fatal(`Invalid ELF header type: ${elf.type} != ${ET_REL}`);
  if (elf.machine !== expected.machine) {
    yield fatal(`Invalid architecture in ELF header: ${elf.machine}`);
  }
  if (elf.ident.bits !== bits / 32) {
    yield unsafe(`ELF class ${elf.ident.bits} is not ${bits / 32} (${bits} bits)`);
  }
  const order = endian === 'little' ? 1 : 2;
  if (elf.ident.endian !== order) {
    yield unsafe(`ELF byte order ${elf.ident.endian} is not ${order} (${endian}-endian)`);
  }
  if (elf.sectionEntrySize !== (bits === 64 ? 64 : 40))
    yield fatal('Invalid ELF section header size');
}

function* checkNames(elf: Elf): Generator<ElfProblem> {
  const names = elf.sections[elf.namesIndex];
  if (elf.namesIndex === 0 || !names) {
    yield fatal(
      `Invalid ELF section name index: ${elf.namesIndex} || e_shstrndx (${elf.namesIndex}) >= e_shnum (${elf.sections.length})`,
    );
    return;
  }
  if (names.size === 0) yield fatal('empty section name table');
  else if (isInside(elf, names) && elf.bytes[names.offset + names.size - 1] !== 0) {
    yield fatal("ELF Spec violation: section name table isn't null terminated");
  }
  const first = elf.sections[0];
  if (first && (first.type !== SHT_NULL || first.size !== 0 || first.address !== 0)) {
    yield fatal(
      `ELF Spec violation: section 0 type(${first.type})!=SH_NULL or non-zero len or addr`,
    );
  }
}

function* checkBounds(elf: Elf, loader: LoaderRules): Generator<ElfProblem> {
  const names = elf.sections[elf.namesIndex];
  if (loader.checksStringTypes && names && names.type !== SHT_STRTAB) {
    yield fatal(`Invalid ELF section name table type: ${names.type}`);
  }
  for (const section of elf.sections.slice(1)) {
    if (section.type === SHT_NULL) continue;
    const place = `(section ${section.index} type ${section.type})`;
    if (section.type !== SHT_NOBITS && !isInside(elf, section)) {
      yield fatal(`Invalid ELF section in module ${place}`);
    }
    const named = !names || section.nameOffset < names.size;
    const looked = loader.checksModuleSize || (section.flags & SHF_ALLOC) !== 0;
    if (!named && looked) yield fatal(`Invalid ELF section name in module ${place}`);
  }
}

function* checkTables(elf: Elf, loader: LoaderRules): Generator<ElfProblem> {
  const tables = elf.sections.filter(({ type, index }) => type === SHT_SYMTAB && index > 0);
  const table = tables[0];
  if (!table || (loader.checksModuleSize && tables.length > 1)) {
    yield fatal('module has no symbols (stripped?)');
    return;
  }
  for (const { link } of loader.checksModuleSize ? [table] : tables) {
    if (link === 0 || link >= elf.sections.length) {
      yield fatal(
        `Invalid ELF sh_link!=SHN_UNDEF(${link}) or (sh_link(${link}) >= hdr->e_shnum(${elf.sections.length})`,
      );
    }
  }
  const strings = elf.sections[table.link];
  if (!strings || table.link === 0) return;
  if (loader.checksStringTypes && strings.type !== SHT_STRTAB) {
    yield fatal(`Invalid ELF symbol string table type: ${strings.type}`);
  }
  yield* checkStrings(elf, table, strings, loader);
}

function* checkStrings(
  elf: Elf,
  table: ElfSection,
  strings: ElfSection,
  loader: LoaderRules,
): Generator<ElfProblem> {
  const problem = (message: string): ElfProblem => ({ message, fatal: loader.checksSymbolNames });
  const bytes = sectionBytes(elf, strings);
  if (strings.size === 0) {
    yield problem('empty symbol string table');
    return;
  }
  if (bytes[0] !== 0) yield problem('symbol string table missing leading NUL');
  if (bytes.at(-1) !== 0) yield problem("symbol string table isn't NUL terminated");
  const symbols = sectionBytes(elf, table);
  const size = elf.layout.bits === 64 ? 24 : 16;
  const little = elf.layout.endian === 'little';
  for (let at = 0; at + size <= symbols.length; at += size) {
    const name = little ? symbols.readUInt32LE(at) : symbols.readUInt32BE(at);
    if (name < strings.size) continue;
    yield problem('symbol name out of bounds in string table');
    return;
  }
}

function* checkFlags(elf: Elf, loader: LoaderRules): Generator<ElfProblem> {
  for (const { flags, name, index } of elf.sections) {
    if ((flags & SHF_WRITE) === 0 || (flags & SHF_EXECINSTR) === 0) continue;
    const message = `section ${name} (index ${index}) has invalid WRITE|EXEC flags`;
    yield { message, fatal: loader.strictSections };
  }
}

/** Each loaded section becomes a file of its name (`add_sect_attrs`, kernel/module/sysfs.c). */
function* checkDistinct(elf: Elf): Generator<ElfProblem> {
  const seen = new Set<string>();
  for (const { flags, size, name } of elf.sections) {
    if ((flags & SHF_ALLOC) === 0 || size === 0 || UNLOADED.has(name)) continue;
    if (seen.has(name)) yield fatal(`sysfs: cannot create duplicate filename 'sections/${name}'`);
    seen.add(name);
  }
}

/** Sections that Linux reads and does not keep. */
const UNLOADED: ReadonlySet<string> = new Set([
  '.modinfo',
  '__versions',
  '__version_ext_crcs',
  '__version_ext_names',
]);

/** Linux does not look for overlaps: loading writes into a copy of each section. */
function* checkOverlaps(elf: Elf): Generator<ElfProblem> {
  const placed = elf.sections
    .filter(({ type, size }) => type !== SHT_NULL && type !== SHT_NOBITS && size > 0)
    .sort((a, b) => a.offset - b.offset);
  for (let index = 1; index < placed.length; index++) {
    const [before, section] = [placed[index - 1], placed[index]];
    if (!before || !section || before.offset + before.size <= section.offset) continue;
    yield unsafe(
      `sections ${before.index} (${before.name}) and ${section.index} (${section.name}) overlap`,
    );
    return;
  }
}

function isInside(elf: Elf, section: ElfSection): boolean {
  return section.offset + section.size <= elf.bytes.length;
}

function fatal(message: string): ElfProblem {
  return { message, fatal: true };
}

function unsafe(message: string): ElfProblem {
  return { message, fatal: false };
}
