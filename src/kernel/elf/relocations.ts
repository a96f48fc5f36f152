import { type Elf, type ElfSection, SHT_REL, SHT_RELA, sectionBytes } from './elf.ts';

export interface ElfRelocation {
  /** Where it writes, from the start of the section that it changes. */
  offset: number;
  type: number;
  symbol: number;
  /** 0 for a REL section, whose addends stand in the section that it changes. */
  addend: number;
}

/** The relocations that change a section, in order. */
export function* relocationsOf(elf: Elf, target: ElfSection): Generator<ElfRelocation> {
  for (const section of elf.sections) {
    const isRelocation = section.type === SHT_RELA || section.type === SHT_REL;
    if (isRelocation && section.info === target.index) yield* relocationsIn(elf, section);
  }
}

/** Every relocation of one REL or RELA section. */
export function* relocationsIn(elf: Elf, section: ElfSection): Generator<ElfRelocation> {
  const bytes = sectionBytes(elf, section);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = elf.layout.endian === 'little';
  const word = elf.layout.bits / 8;
  const hasAddend = section.type === SHT_RELA;
  const size = word * (hasAddend ? 3 : 2);
  for (let at = 0; at + size <= bytes.length; at += size) {
    const low = (offset: number) =>
      view.getUint32(at + offset + (little || word === 4 ? 0 : 4), little);
    const high = (offset: number) => view.getUint32(at + offset + (little ? 4 : 0), little);
    const info = low(word);
    yield {
      offset: low(0),
      type: word === 8 ? info : info & 0xff,
      symbol: word === 8 ? high(word) : info >>> 8,
      addend: hasAddend ? low(word * 2) | 0 : 0,
    };
  }
}
