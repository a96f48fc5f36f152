/** One section to be built. Links and infos name sections, which get their numbers at the end. */
export interface BuiltSection {
  name: string;
  /** Default PROGBITS (1). */
  type?: number;
  /** Default ALLOC (2). */
  flags?: number;
  content?: Uint8Array;
  /** Size in the header when it is not that of the content. */
  size?: number;
  link?: string;
  info?: string | number;
  entrySize?: number;
  address?: bigint;
}

export interface ElfBuild {
  sections: BuiltSection[];
  /** Default ET_REL (1). */
  type?: number;
  /** Default x86-64 (62). */
  machine?: number;
}

/** A 64-bit little-endian ELF file: header, contents, section names, section table. */
export function anElf({ sections, type = 1, machine = 62 }: ElfBuild): Buffer {
  const all: BuiltSection[] = [
    ...sections,
    { name: '.shstrtab', type: 3, flags: 0, content: namesOf(sections) },
  ];
  const names = Buffer.from(namesOf(sections));
  const contents: Buffer[] = [];
  let offset = 64;
  const headers = all.map((section) => {
    const content = Buffer.from(section.content ?? new Uint8Array(0));
    const padding = Buffer.alloc((8 - (content.length % 8)) % 8);
    contents.push(content, padding);
    const header = headerOf(section, all, { offset, size: content.length, names });
    offset += content.length + padding.length;
    return header;
  });
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(type, 0x10);
  head.writeUInt16LE(machine, 0x12);
  head.writeUInt32LE(1, 0x14);
  head.writeBigUInt64LE(BigInt(offset), 0x28);
  head.writeUInt16LE(64, 0x34);
  head.writeUInt16LE(64, 0x3a);
  head.writeUInt16LE(all.length + 1, 0x3c);
  head.writeUInt16LE(all.length, 0x3e);
  return Buffer.concat([head, ...contents, Buffer.alloc(64), ...headers]);
}

/** A symbol to be built. */
export interface BuiltSymbol {
  name: string;
  /** Name of its section, or a number; undefined symbols have 0. */
  section?: string | number;
  weak?: boolean;
  value?: number;
}

/** `.symtab` and `.strtab` for some symbols, which may name sections of `sections`. */
export function symbolSections(
  symbols: readonly BuiltSymbol[],
  sections: readonly BuiltSection[],
): BuiltSection[] {
  const strings = ['', ...symbols.map(({ name }) => name)];
  const table = Buffer.alloc(24 * (symbols.length + 1));
  let name = 1;
  for (const [index, symbol] of symbols.entries()) {
    const at = 24 * (index + 1);
    table.writeUInt32LE(name, at);
    table[at + 4] = (symbol.weak ? 2 : 1) << 4;
    table.writeUInt16LE(indexOf(symbol.section ?? 0, sections), at + 6);
    table.writeBigUInt64LE(BigInt(symbol.value ?? 0), at + 8);
    name += Buffer.byteLength(symbol.name) + 1;
  }
  return [
    { name: '.symtab', type: 2, flags: 0, content: table, link: '.strtab', entrySize: 24 },
    { name: '.strtab', type: 3, flags: 0, content: Buffer.from(`${strings.join('\0')}\0`) },
  ];
}

/** One relocation of x86-64; `type` defaults to PC32. */
export function aRelocation(offset: number, symbol: number, type = 2, addend = 0): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(BigInt(offset), 0);
  bytes.writeUInt32LE(type, 8);
  bytes.writeUInt32LE(symbol, 12);
  bytes.writeBigInt64LE(BigInt(addend), 16);
  return bytes;
}

function namesOf(sections: readonly BuiltSection[]): Uint8Array {
  return Buffer.from(`\0${[...sections.map(({ name }) => name), '.shstrtab'].join('\0')}\0`);
}

function headerOf(
  section: BuiltSection,
  all: readonly BuiltSection[],
  place: { offset: number; size: number; names: Buffer },
): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(place.names.indexOf(`\0${section.name}\0`) + 1, 0);
  header.writeUInt32LE(section.type ?? 1, 4);
  header.writeBigUInt64LE(BigInt(section.flags ?? 2), 8);
  header.writeBigUInt64LE(section.address ?? 0n, 16);
  header.writeBigUInt64LE(BigInt(place.offset), 24);
  header.writeBigUInt64LE(BigInt(section.size ?? place.size), 32);
  header.writeUInt32LE(indexOf(section.link ?? 0, all), 40);
  header.writeUInt32LE(indexOf(section.info ?? 0, all), 44);
  header.writeBigUInt64LE(BigInt(section.entrySize ?? 0), 56);
  return header;
}

function indexOf(name: string | number, sections: readonly BuiltSection[]): number {
  if (typeof name === 'number') return name;
  return sections.findIndex((section) => section.name === name) + 1;
}
