import { LockstepError } from '../../system/error.ts';
import { asBuffer, cString } from './c-string.ts';

/** How the words of an ELF file are laid out. */
export interface ElfLayout {
  bits: 32 | 64;
  endian: 'little' | 'big';
}

/** A section header. Offsets and sizes are bytes, read as written and not checked. */
export interface ElfSection {
  index: number;
  name: string;
  /** Offset of the name in the table of section names. */
  nameOffset: number;
  type: number;
  /** The low 32 bits; every flag that matters here is among them. */
  flags: number;
  /** Zero or not is exact; above 2^53 the last bits are lost. */
  address: number;
  /** The low 32 bits of the address, for differences of addresses. */
  addressLow: number;
  offset: number;
  size: number;
  link: number;
  info: number;
}

/** An ELF file with a readable section table. What its sections hold is checked by their readers. */
export interface Elf {
  bytes: Buffer;
  view: DataView;
  layout: ElfLayout;
  /** What `e_ident` says of itself, which Linux does not look at. */
  ident: { bits: number; endian: number };
  type: number;
  machine: number;
  sectionEntrySize: number;
  /** Index of the section with the section names, 0 for none. */
  namesIndex: number;
  sections: ElfSection[];
}

export const ET_REL = 1;
export const SHT_NULL = 0;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
export const SHF_WRITE = 1;
export const SHF_ALLOC = 2;
export const SHF_EXECINSTR = 4;

/** The class and byte order in `e_ident`; 64 bits little-endian when they make no sense. */
export function identLayout(bytes: Uint8Array): ElfLayout {
  return { bits: bytes[4] === 1 ? 32 : 64, endian: bytes[5] === 2 ? 'big' : 'little' };
}

/**
 * Reads header and section table (System V gABI, chapter 4). Throws `invalid-content` when the
 * file is not ELF or the table does not fit into it. With `layout` the file is read as a kernel of
 * that layout reads it: Linux looks neither at the class nor at the byte order in `e_ident`.
 */
export function readElf(bytes: Uint8Array, layout: ElfLayout = identLayout(bytes)): Elf {
  const buffer = asBuffer(bytes);
  const wide = layout.bits === 64;
  if (bytes.length < (wide ? 64 : 52)) throw invalid(`Invalid ELF header len ${bytes.length}`);
  if (buffer.readUInt32BE(0) !== 0x7f454c46) throw invalid('Invalid ELF header magic: != \\x7fELF');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = layout.endian === 'little';
  const half = (at: number) => view.getUint16(at, little);
  const tail = wide ? 0x3a : 0x2e;
  const table = wide ? wideWord(view, 0x28, little) : view.getUint32(0x20, little);
  const count = half(tail + 2);
  const entrySize = wide ? 64 : 40;
  if (table >= bytes.length || count * entrySize > bytes.length - table) {
    throw invalid('Invalid ELF section header overflow');
  }
  const elf: Elf = {
    bytes: buffer,
    view,
    layout,
    ident: { bits: bytes[4] ?? 0, endian: bytes[5] ?? 0 },
    type: half(0x10),
    machine: half(0x12),
    sectionEntrySize: half(tail),
    namesIndex: half(tail + 4),
    sections: [],
  };
  for (let index = 0; index < count; index++) {
    elf.sections.push(sectionAt(view, table + index * entrySize, index, layout));
  }
  nameSections(elf);
  return elf;
}

/** The bytes of a section that lie inside the file; none for `NOBITS`. */
export function sectionBytes(elf: Elf, section: ElfSection | undefined): Buffer {
  if (!section || section.type === SHT_NOBITS || section.type === SHT_NULL) return Buffer.alloc(0);
  return elf.bytes.subarray(
    Math.min(section.offset, elf.bytes.length),
    Math.min(section.offset + section.size, elf.bytes.length),
  );
}

/**
 * What lies at a section's place in the file, its type not looked at: how Linux reads sections
 * that it does not load (`sh_addr` set by `rewrite_section_headers`, kernel/module/main.c).
 */
export function rawSectionBytes(elf: Elf, section: ElfSection | undefined): Buffer {
  if (!section) return Buffer.alloc(0);
  return elf.bytes.subarray(section.offset, section.offset + section.size);
}

/** The first section of a name, whatever its flags. */
export function findSection(elf: Elf, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name && section.index > 0);
}

/** The first section of a name that is loaded: how the kernel looks (`find_sec`, kernel/module/main.c). */
export function findLoadedSection(elf: Elf, name: string): ElfSection | undefined {
  return elf.sections.find(
    (section) => section.name === name && section.index > 0 && (section.flags & SHF_ALLOC) !== 0,
  );
}

function sectionAt(view: DataView, at: number, index: number, layout: ElfLayout): ElfSection {
  const little = layout.endian === 'little';
  const word = (offset: number) => view.getUint32(at + offset, little);
  const wide = (offset: number) => wideWord(view, at + offset, little);
  const common = { index, name: '', nameOffset: word(0), type: word(4) };
  if (layout.bits === 32) {
    return {
      ...common,
      flags: word(8),
      address: word(12),
      addressLow: word(12),
      offset: word(16),
      size: word(20),
      link: word(24),
      info: word(28),
    };
  }
  return {
    ...common,
    flags: word(little ? 8 : 12),
    address: wide(16),
    addressLow: word(little ? 16 : 20),
    offset: wide(24),
    size: wide(32),
    link: word(40),
    info: word(44),
  };
}

function nameSections(elf: Elf): void {
  const names = sectionBytes(elf, elf.sections[elf.namesIndex]);
  for (const section of elf.sections) {
    if (section.nameOffset < names.length) section.name = cString(names, section.nameOffset);
  }
}

/** 64 bits as a number: exact below 2^53, and too large for any file above. */
function wideWord(view: DataView, at: number, little: boolean): number {
  const low = view.getUint32(at + (little ? 0 : 4), little);
  const high = view.getUint32(at + (little ? 4 : 0), little);
  return high * 2 ** 32 + low;
}

function invalid(message: string): LockstepError {
  return new LockstepError('invalid-content', message);
}
