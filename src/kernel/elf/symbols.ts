import { cString } from './c-string.ts';
import { type Elf, type ElfSection, SHT_SYMTAB, sectionBytes } from './elf.ts';

export const SHN_UNDEF = 0;
export const SHN_LIVEPATCH = 0xff20;
export const SHN_ABS = 0xfff1;
export const SHN_COMMON = 0xfff2;
const STB_WEAK = 2;

/** One symbol of a table; the name is looked up when asked for. */
export interface ElfSymbol {
  nameOffset: number;
  weak: boolean;
  /** Index of the section it stands in, or one of the SHN constants. */
  section: number;
  value: number;
}

/** A symbol table, read entry by entry. */
export interface ElfSymbolTable {
  count: number;
  /** The names, to the end of the file: Linux does not stop at the end of their section. */
  strings: Buffer;
  at(index: number): ElfSymbol;
  sectionAt(index: number): number;
  nameAt(index: number): string;
}

/** The symbol table that Linux takes: the first one (`setup_load_info`, kernel/module/main.c). */
export function readSymbolTable(elf: Elf): ElfSymbolTable | undefined {
  const section = elf.sections.find(({ type, index }) => type === SHT_SYMTAB && index > 0);
  return section ? symbolTableOf(elf, section) : undefined;
}

function symbolTableOf(elf: Elf, section: ElfSection): ElfSymbolTable {
  const bytes = sectionBytes(elf, section);
  const strings = elf.bytes.subarray(elf.sections[section.link]?.offset ?? elf.bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = elf.layout.endian === 'little';
  const wide = elf.layout.bits === 64;
  const size = wide ? 24 : 16;
  const sectionAt = (index: number) => view.getUint16(index * size + (wide ? 6 : 14), little);
  const at = (index: number): ElfSymbol => {
    const start = index * size;
    return {
      nameOffset: view.getUint32(start, little),
      weak: view.getUint8(start + (wide ? 4 : 12)) >> 4 === STB_WEAK,
      section: sectionAt(index),
      value: view.getUint32(start + (wide ? (little ? 8 : 12) : 4), little),
    };
  };
  const nameAt = (index: number) => {
    const offset = view.getUint32(index * size, little);
    return offset < strings.length ? cString(strings, offset) : '';
  };
  return { count: Math.floor(bytes.length / size), strings, at, sectionAt, nameAt };
}
