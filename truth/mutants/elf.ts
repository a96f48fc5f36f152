/** Where the fields of an ELF64 header lie (elf(5)). */
export const HEADER = {
  class: 4,
  data: 5,
  version: 6,
  osabi: 7,
  type: 16,
  machine: 18,
  version2: 20,
  entry: 24,
  phoff: 32,
  shoff: 40,
  flags: 48,
  ehsize: 52,
  phentsize: 54,
  phnum: 56,
  shentsize: 58,
  shnum: 60,
  shstrndx: 62,
} as const;

/** Offsets inside one 64-byte section header, with the width of the field. */
const FIELDS = {
  name: [0, 4],
  type: [4, 4],
  flags: [8, 8],
  addr: [16, 8],
  offset: [24, 8],
  size: [32, 8],
  link: [40, 4],
  info: [44, 4],
  align: [48, 8],
  entsize: [56, 8],
} as const;

export type Field = keyof typeof FIELDS;

export type Section = Record<Field, number> & { index: number; label: string };

const SECTION_HEADER_SIZE = 64;

/** The section headers of a well-formed module; truth reads only what it built itself. */
export function sectionsOf(module: Buffer): Section[] {
  const start = Number(module.readBigUInt64LE(HEADER.shoff));
  const count = module.readUInt16LE(HEADER.shnum);
  const names = module.readUInt16LE(HEADER.shstrndx);
  const raw = Array.from({ length: count }, (_, index) =>
    readSection(module, start + index * SECTION_HEADER_SIZE, index),
  );
  const strings = raw[names]?.offset ?? 0;
  return raw.map((section) => ({ ...section, label: textAt(module, strings + section.name) }));
}

/** The section of that name; it must be there. */
export function sectionOf(module: Buffer, label: string): Section {
  const found = sectionsOf(module).find((section) => section.label === label);
  if (!found) throw new Error(`the module has no section ${label}`);
  return found;
}

export function hasSection(module: Buffer, label: string): boolean {
  return sectionsOf(module).some((section) => section.label === label);
}

export function contentOf(module: Buffer, label: string): Buffer {
  const { offset, size } = sectionOf(module, label);
  return module.subarray(offset, offset + size);
}

/** A copy with one field of a section's header changed. */
export function withField(
  module: Buffer,
  where: { label: string; field: Field },
  value: number | bigint,
): Buffer {
  const { index } = sectionOf(module, where.label);
  const copy = Buffer.from(module);
  const [offset, width] = FIELDS[where.field];
  const at = Number(copy.readBigUInt64LE(HEADER.shoff)) + index * SECTION_HEADER_SIZE + offset;
  if (width === 8) copy.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at);
  else copy.writeUInt32LE(Number(value), at);
  return copy;
}

/** A copy whose section holds other bytes, which are put at the end of the file. */
export function withContent(module: Buffer, label: string, content: Buffer): Buffer {
  const start = (module.length + 15) & ~15;
  const grown = Buffer.concat([module, Buffer.alloc(start - module.length), content]);
  const moved = withField(grown, { label, field: 'offset' }, start);
  return withField(moved, { label, field: 'size' }, content.length);
}

/** A copy whose section has a name for which nobody looks. */
export function withoutSection(module: Buffer, label: string): Buffer {
  return withLabel(module, label, `.ignored${label}`);
}

export function withLabel(module: Buffer, label: string, renamed: string): Buffer {
  const strings = sectionsOf(module)[module.readUInt16LE(HEADER.shstrndx)]?.label ?? '.shstrtab';
  const before = contentOf(module, strings);
  const grown = Buffer.concat([before, Buffer.from(`${renamed}\0`)]);
  const pointing = withField(module, { label, field: 'name' }, before.length);
  return withContent(pointing, strings, grown);
}

/** A copy with bytes overwritten. */
export function patched(module: Buffer, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(module);
  copy.set(bytes, offset);
  return copy;
}

export function patched16(module: Buffer, offset: number, value: number): Buffer {
  return patched(module, offset, [value & 0xff, value >> 8]);
}

export function patched64(module: Buffer, offset: number, value: bigint): Buffer {
  const copy = Buffer.from(module);
  copy.writeBigUInt64LE(BigInt.asUintN(64, value), offset);
  return copy;
}

export function textAt(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('latin1', offset, end < 0 ? bytes.length : end);
}

function readSection(module: Buffer, at: number, index: number): Section {
  const read = (field: Field) => {
    const [offset, width] = FIELDS[field];
    return width === 8
      ? Number(module.readBigUInt64LE(at + offset))
      : module.readUInt32LE(at + offset);
  };
  const fields = Object.keys(FIELDS) as Field[];
  const values = Object.fromEntries(fields.map((field) => [field, read(field)]));
  return { ...(values as Record<Field, number>), index, label: '' };
}
