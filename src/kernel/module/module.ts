import { cString } from '../elf/c-string.ts';
import {
  type Elf,
  type ElfSection,
  findLoadedSection,
  findSection,
  rawSectionBytes,
  sectionBytes,
} from '../elf/elf.ts';
import {
  type ElfSymbolTable,
  readSymbolTable,
  SHN_ABS,
  SHN_COMMON,
  SHN_LIVEPATCH,
  SHN_UNDEF,
} from '../elf/symbols.ts';
import { type KernelExport, type ModuleExportOptions, readModuleExports } from './exports.ts';
import { readModinfo } from './modinfo.ts';
import {
  type ExtendedModversions,
  type Modversions,
  readExtendedModversions,
  readModversions,
} from './modversions.ts';

/** A symbol that a module needs from elsewhere. */
export interface KernelImport {
  name: string;
  /** May stay unresolved. */
  weak: boolean;
}

/** What a module says of itself. Plain data that holds on to nothing of the file. */
export interface KernelModule {
  /** The name in `struct module`, under which it will be known; where that is empty, of `.modinfo`. */
  name: string;
  /** There is a name in `struct module`. */
  isNamed: boolean;
  modinfo: [key: string, value: string][];
  /** In the order of the symbol table, in which Linux resolves them. */
  imports: KernelImport[];
  /** CRCs of what it imports; undefined without `__versions`. */
  versions: Modversions | undefined;
  extendedVersions: ExtendedModversions | undefined;
  /** Only one of the two sections of extended versions is there. */
  halfExtended: boolean;
  exports: KernelExport[];
  /** Exports have CRCs, and flags. */
  exportTables: { symbols: boolean; versions: boolean; flags: boolean };
  /** The section that becomes `struct module`. */
  thisModule: ThisModule | undefined;
  /** `.modinfo` sections, whatever their flags; the first loaded one counts. */
  modinfoSections: number;
  /** The last string of `.modinfo` ends inside of it; else Linux reads on. */
  modinfoEnds: boolean;
  /** Symbols that Linux cannot place, by what it says of them. */
  strangeSymbols: string[];
  /** Bytes that loading it takes. */
  loadedSize: number;
  /** What the linker made of its content (`.note.gnu.build-id`), in hexadecimal. */
  buildId: string | undefined;
}

export interface ThisModule {
  size: number;
  count: number;
  type: number;
  allocated: boolean;
}

export interface ModuleOptions extends ModuleExportOptions {
  /**
   * Whether a `.modinfo` counts whatever its flags are (default); kernels before Linux 6.4 see
   * none that is not to be loaded (`find_sec` in `setup_load_info`).
   */
  anyModinfo?: boolean;
}

/** Reads what a module holds (include/linux/module.h, scripts/mod/modpost.c). */
export function readModule(elf: Elf, options: ModuleOptions = {}): KernelModule {
  const { anyModinfo = true } = options;
  const modinfoSection =
    findLoadedSection(elf, '.modinfo') ?? (anyModinfo ? findSection(elf, '.modinfo') : undefined);
  const modinfoBytes = rawSectionBytes(elf, modinfoSection);
  const modinfo = readModinfo(modinfoBytes);
  const objectName = nameInObject(elf);
  const name = objectName || (modinfo.get('name') ?? '');
  const crcs = findLoadedSection(elf, '__version_ext_crcs');
  const names = findLoadedSection(elf, '__version_ext_names');
  const versions = findLoadedSection(elf, '__versions');
  return {
    name,
    isNamed: objectName !== '',
    modinfo: modinfo.entries.map(([key, value]) => [key, value]),
    ...readUndefined(elf),
    versions: versions && readModversions(rawSectionBytes(elf, versions), elf.layout),
    extendedVersions:
      crcs &&
      names &&
      readExtendedModversions(rawSectionBytes(elf, crcs), rawSectionBytes(elf, names), elf.layout),
    halfExtended: (crcs == null) !== (names == null),
    exports: readModuleExports(elf, name, options),
    exportTables: {
      symbols: hasEntries(elf, '__ksymtab') || hasEntries(elf, '__ksymtab_gpl'),
      versions: ['', '_gpl'].every(
        (kind) =>
          !hasEntries(elf, `__ksymtab${kind}`) || findLoadedSection(elf, `__kcrctab${kind}`),
      ),
      flags: findLoadedSection(elf, '__kflagstab') != null,
    },
    thisModule: readThisModule(elf),
    modinfoSections: elf.sections.filter((section) => section.name === '.modinfo').length,
    modinfoEnds: modinfoBytes.length === 0 || modinfoBytes.at(-1) === 0,
    loadedSize: elf.sections.reduce(
      (total, { flags, size }) => total + ((flags & 2) === 0 ? 0 : size),
      0,
    ),
    buildId: buildIdOf(elf),
  };
}

/** A note: sizes of name and content, type, the name `GNU`, the content. */
function buildIdOf(elf: Elf): string | undefined {
  const note = sectionBytes(elf, findSection(elf, '.note.gnu.build-id'));
  return note.length > 16 ? note.toString('hex', 16) : undefined;
}

function hasEntries(elf: Elf, name: string): boolean {
  return (findLoadedSection(elf, name)?.size ?? 0) > 0;
}

function readThisModule(elf: Elf): ThisModule | undefined {
  const sections = elf.sections.filter(({ name }) => name === '.gnu.linkonce.this_module');
  const section = thisModuleSection(elf) ?? sections[0];
  if (!section) return undefined;
  return {
    size: section.size,
    count: sections.length,
    type: section.type,
    allocated: (section.flags & 2) !== 0,
  };
}

function thisModuleSection(elf: Elf): ElfSection | undefined {
  return findLoadedSection(elf, '.gnu.linkonce.this_module');
}

/** `struct module` begins with a state, a list head of two pointers, and the name. */
function nameInObject(elf: Elf): string {
  const bytes = sectionBytes(elf, thisModuleSection(elf));
  const offset = (elf.layout.bits / 8) * 3;
  return bytes.length > offset ? cString(bytes.subarray(0, 64), offset) : '';
}

/** The symbols that a module needs from elsewhere, in the order of its symbol table. */
export function readImports(elf: Elf): KernelImport[] {
  return readUndefined(elf).imports;
}

function readUndefined(elf: Elf): Pick<KernelModule, 'imports' | 'strangeSymbols'> {
  const table = readSymbolTable(elf);
  const imports: KernelImport[] = [];
  const strangeSymbols: string[] = [];
  for (let index = 1; index < (table?.count ?? 0); index++) {
    // Most symbols are the module's own; of them nothing else is looked at.
    const section = table?.sectionAt(index);
    if (!table || section == null) continue;
    if (section === SHN_UNDEF) imports.push(importAt(table, index));
    else if (section === SHN_COMMON) {
      if (!table.nameAt(index).startsWith('__gnu_lto'))
        strangeSymbols.push('please compile with -fno-common');
    } else if (section >= elf.sections.length && !isKnownReserved(section)) {
      strangeSymbols.push(
        `Symbol ${table.nameAt(index)} has an invalid section index ${section} (max ${elf.sections.length - 1})`,
      );
    }
  }
  return { imports, strangeSymbols };
}

function importAt(table: ElfSymbolTable, index: number): KernelImport {
  return { name: table.nameAt(index), weak: table.at(index).weak };
}

/** Absolute symbols and those of livepatch are left as they are. */
function isKnownReserved(section: number): boolean {
  return section === SHN_ABS || section === SHN_LIVEPATCH;
}

/** The first value of a key of `.modinfo`, the one that Linux takes. */
export function modinfoValue(module: KernelModule, key: string): string | undefined {
  return module.modinfo.find(([name]) => name === key)?.[1];
}

/** Every value of a key of `.modinfo`. */
export function modinfoValues(module: KernelModule, key: string): string[] {
  return module.modinfo.filter(([name]) => name === key).map(([, value]) => value);
}
