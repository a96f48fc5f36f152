import { cString } from '../elf/c-string.ts';
import { type Elf, type ElfSection, findLoadedSection, sectionBytes } from '../elf/elf.ts';
import { relocationsOf } from '../elf/relocations.ts';
import { type ElfSymbolTable, readSymbolTable } from '../elf/symbols.ts';

/** A symbol that modules may use. */
export interface KernelExport {
  name: string;
  /** Version of the symbol; undefined when its exporter was built without versions. */
  crc: number | undefined;
  /** Only modules with a GPL-compatible licence may use it. */
  gplOnly: boolean;
  /** Modules must import this namespace to use it; empty for none. */
  namespace: string;
  /** `vmlinux`, or the name of the module that exports it. */
  owner: string;
}

/** `KSYM_FLAG_GPL_ONLY` (include/linux/module_symbol.h, Linux 7.1). */
export const FLAG_GPL_ONLY = 1;

/** How many bytes one `struct kernel_symbol` takes (kernel/module/internal.h). */
export function exportEntrySize(elf: Elf, relative: boolean): number {
  return relative ? 12 : (elf.layout.bits / 8) * 3;
}

/**
 * The symbols that a module exports, read as Linux will see them after relocation: entries of
 * `__ksymtab` and `__ksymtab_gpl` (since Linux 7.1 the former alone, beside `__kflagstab`), their
 * names in `__ksymtab_strings`, their CRCs in `__kcrctab`.
 */
export function readModuleExports(
  elf: Elf,
  owner: string,
  options: ModuleExportOptions = {},
): KernelExport[] {
  const symbols = readSymbolTable(elf);
  if (!symbols) return [];
  const flags = options.flags ?? findLoadedSection(elf, '__kflagstab') != null;
  return (flags ? [''] : ['', '_gpl']).flatMap((suffix) => {
    const table = findLoadedSection(elf, `__ksymtab${suffix}`);
    return table ? readTable(elf, { table, symbols, suffix, owner, flags }) : [];
  });
}

export interface ModuleExportOptions {
  /**
   * Whether the kernel takes GPL-only from `__kflagstab` (Linux 7.1) or from the name of the
   * table; when not given the module itself tells.
   */
  flags?: boolean;
}

interface Tables {
  table: ElfSection;
  symbols: ElfSymbolTable;
  suffix: string;
  owner: string;
  flags: boolean;
}

function readTable(elf: Elf, { table, symbols, suffix, owner, flags }: Tables): KernelExport[] {
  const text = textsByOffset(elf, table, symbols);
  const crcs = readCrcs(elf, findLoadedSection(elf, `__kcrctab${suffix}`), symbols);
  const bits = flags ? sectionBytes(elf, findLoadedSection(elf, '__kflagstab')) : [];
  const size = exportEntrySize(elf, isRelative(elf, table));
  const count = Math.floor(sectionBytes(elf, table).length / size);
  const exports: KernelExport[] = [];
  for (let index = 0; index < count; index++) {
    const name = text.get(index * size + size / 3);
    if (!name) continue;
    exports.push({
      name,
      crc: crcs ? (crcs(index) ?? 0) : undefined,
      gplOnly: suffix === '_gpl' || ((bits[index] ?? 0) & FLAG_GPL_ONLY) !== 0,
      namespace: text.get(index * size + (size / 3) * 2) ?? '',
      owner,
    });
  }
  return exports;
}

/** Relative entries have a relocation every four bytes (`HAVE_ARCH_PREL32_RELOCATIONS`). */
function isRelative(elf: Elf, table: ElfSection): boolean {
  if (elf.layout.bits === 32) return true;
  for (const { offset } of relocationsOf(elf, table)) if (offset === 4) return true;
  return false;
}

function textsByOffset(elf: Elf, table: ElfSection, symbols: ElfSymbolTable): Map<number, string> {
  const texts = new Map<number, string>();
  for (const { offset, symbol, addend } of relocationsOf(elf, table)) {
    if (symbol >= symbols.count) continue;
    const target = symbols.at(symbol);
    const section = elf.sections[target.section];
    const strings = section?.name === '__ksymtab_strings' ? sectionBytes(elf, section) : undefined;
    const at = target.value + addend;
    if (strings && at >= 0 && at < strings.length) texts.set(offset, cString(strings, at));
  }
  return texts;
}

/** CRCs stand there as they are; before Linux 5.19 they are the values of `__crc_` symbols. */
function readCrcs(
  elf: Elf,
  section: ElfSection | undefined,
  symbols: ElfSymbolTable,
): ((index: number) => number | undefined) | undefined {
  if (!section) return undefined;
  const bytes = sectionBytes(elf, section);
  const relocated = new Map<number, number>();
  for (const { offset, symbol } of relocationsOf(elf, section)) {
    if (symbol < symbols.count) relocated.set(offset, symbols.at(symbol).value);
  }
  return (index) => {
    const at = index * 4;
    if (relocated.has(at) || at + 4 > bytes.length) return relocated.get(at);
    return elf.layout.endian === 'big' ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  };
}
