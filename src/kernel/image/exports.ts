import { cString } from '../elf/c-string.ts';
import { type Elf, type ElfSection, findSection, sectionBytes } from '../elf/elf.ts';
import { exportEntrySize, FLAG_GPL_ONLY, type KernelExport } from '../module/exports.ts';

export interface KernelExportOptions {
  /** CRCs are distances to where they stand (`CONFIG_MODULE_REL_CRCS`, before Linux 5.19). */
  relativeCrcs?: boolean;
}

/**
 * The symbols that the kernel itself exports, from a linked `vmlinux` with or without its symbol
 * table. Entries are relative (12 bytes each, `HAVE_ARCH_PREL32_RELOCATIONS`) or three absolute
 * addresses, told by whether they lead to names.
 */
export function readKernelExports(elf: Elf, options: KernelExportOptions = {}): KernelExport[] {
  const strings = findSection(elf, '__ksymtab_strings');
  if (!strings) return [];
  return ['', '_gpl'].flatMap((suffix) => {
    const table = findSection(elf, `__ksymtab${suffix}`);
    return table ? readTable(elf, { table, strings, suffix }, options) : [];
  });
}

interface Tables {
  table: ElfSection;
  strings: ElfSection;
  suffix: string;
}

function readTable(elf: Elf, tables: Tables, options: KernelExportOptions): KernelExport[] {
  const relative = leadsToNames(elf, tables);
  const size = exportEntrySize(elf, relative);
  const texts = sectionBytes(elf, tables.strings);
  const offsetAt = textOffsets(elf, tables, relative);
  const textAt = (at: number) => {
    const offset = offsetAt(at);
    return offset < texts.length ? cString(texts, offset) : '';
  };
  const crcs = readCrcs(elf, findSection(elf, `__kcrctab${tables.suffix}`), options);
  const flags = sectionBytes(elf, findSection(elf, '__kflagstab'));
  const gpl = tables.suffix === '_gpl';
  const count = Math.floor(sectionBytes(elf, tables.table).length / size);
  return Array.from({ length: count }, (_, index) => ({
    name: textAt(index * size + size / 3),
    crc: crcs?.[index],
    gplOnly: gpl || ((flags[index] ?? 0) & FLAG_GPL_ONLY) !== 0,
    namespace: textAt(index * size + (size / 3) * 2),
    owner: 'vmlinux',
  }));
}

/** The first two entries are enough to tell; some tables have but one. */
function leadsToNames(elf: Elf, tables: Tables): boolean {
  const size = exportEntrySize(elf, true);
  const entries = sectionBytes(elf, tables.table).length >= 2 * size ? [0, 1] : [0];
  const offsetAt = textOffsets(elf, tables, true);
  return entries.every((index) => offsetAt(index * size + 4) < tables.strings.size);
}

/** Tells where in the table of names the address at an offset of the table of symbols points. */
function textOffsets(
  elf: Elf,
  { table, strings }: Tables,
  relative: boolean,
): (at: number) => number {
  const bytes = sectionBytes(elf, table);
  const big = elf.layout.endian === 'big';
  const skipped = !relative && big && elf.layout.bits === 64 ? 4 : 0;
  return (at) => {
    const low = at + skipped;
    if (low + 4 > bytes.length) return Number.POSITIVE_INFINITY;
    const word = big ? bytes.readUInt32BE(low) : bytes.readUInt32LE(low);
    const address = relative ? table.addressLow + at + word : word;
    return (address - strings.addressLow) >>> 0;
  };
}

function readCrcs(
  elf: Elf,
  section: ElfSection | undefined,
  options: KernelExportOptions,
): number[] | undefined {
  if (!section) return undefined;
  const crcs = readWords(elf, section);
  if (!options.relativeCrcs) return crcs;
  return crcs.map((distance, index) => wordAt(elf, section.addressLow + index * 4 + distance));
}

function wordAt(elf: Elf, address: number): number {
  for (const section of elf.sections) {
    const offset = (address - section.addressLow) >>> 0;
    const bytes = offset + 4 <= section.size ? sectionBytes(elf, section) : undefined;
    if (!bytes || offset + 4 > bytes.length) continue;
    return elf.layout.endian === 'big' ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
  }
  return 0;
}

/** The 32-bit words of a section. */
export function readWords(elf: Elf, section: ElfSection): number[] {
  const bytes = sectionBytes(elf, section);
  const big = elf.layout.endian === 'big';
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    big ? bytes.readUInt32BE(index * 4) : bytes.readUInt32LE(index * 4),
  );
}
