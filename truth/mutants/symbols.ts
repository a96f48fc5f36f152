import { contentOf, patched, sectionOf, textAt, withContent } from './elf.ts';

/** One entry of the symbol table (Elf64_Sym) and where it lies in the file. */
export interface Symbol {
  name: string;
  /** Offset of the entry in the file. */
  at: number;
  info: number;
  section: number;
}

const SYMBOL_SIZE = 24;

export function symbolsOf(module: Buffer): Symbol[] {
  const { offset, size } = sectionOf(module, '.symtab');
  const strings = contentOf(module, '.strtab');
  return Array.from({ length: size / SYMBOL_SIZE }, (_, index) => {
    const at = offset + index * SYMBOL_SIZE;
    return {
      name: textAt(strings, module.readUInt32LE(at)),
      at,
      info: module.readUInt8(at + 4),
      section: module.readUInt16LE(at + 6),
    };
  });
}

/** The imports: symbols without a section. */
export function importsOf(module: Buffer): string[] {
  const undefinedOnes = symbolsOf(module).filter(({ name, section }) => name && section === 0);
  return undefinedOnes.map(({ name }) => name);
}

/** A copy whose symbol has another name. */
export function withSymbolName(module: Buffer, name: string, renamed: string): Buffer {
  const { at } = symbolOf(module, name);
  const strings = contentOf(module, '.strtab');
  const copy = Buffer.from(module);
  copy.writeUInt32LE(strings.length, at);
  return withContent(copy, '.strtab', Buffer.concat([strings, Buffer.from(`${renamed}\0`)]));
}

/** A copy in which two symbols have changed places. */
export function withSwappedNames(module: Buffer, one: string, other: string): Buffer {
  const [first, second] = [symbolOf(module, one).at, symbolOf(module, other).at];
  const copy = Buffer.from(module);
  copy.writeUInt32LE(module.readUInt32LE(second), first);
  copy.writeUInt32LE(module.readUInt32LE(first), second);
  return copy;
}

/** A copy whose symbol is weak. */
export function withWeakSymbol(module: Buffer, name: string): Buffer {
  const { at, info } = symbolOf(module, name);
  return patched(module, at + 4, [(2 << 4) | (info & 0xf)]);
}

/** A copy whose symbol lies in another section. */
export function withSymbolSection(module: Buffer, name: string, section: number): Buffer {
  return patched(module, symbolOf(module, name).at + 6, [section & 0xff, section >> 8]);
}

export function symbolOf(module: Buffer, name: string): Symbol {
  const found = symbolsOf(module).find((symbol) => symbol.name === name);
  if (!found) throw new Error(`the module has no symbol ${name}`);
  return found;
}
