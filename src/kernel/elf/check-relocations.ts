import type { ElfProblem } from './check.ts';
import {
  type Elf,
  type ElfSection,
  SHF_ALLOC,
  SHT_NOBITS,
  SHT_REL,
  SHT_RELA,
  sectionBytes,
} from './elf.ts';
import { readSymbolTable } from './symbols.ts';

const EM_X86_64 = 62;
const SHF_RELA_LIVEPATCH = 0x00100000;

/** Bytes that each relocation of x86-64 writes (arch/x86/kernel/module.c); others are unknown to it. */
function widthOf(type: number): number | undefined {
  if (type === 2 || type === 4 || type === 10 || type === 11) return 4;
  if (type === 1 || type === 24) return 8;
  return type === 0 ? 0 : undefined;
}

/**
 * The relocations that Linux would refuse or that would write outside of their section
 * (`apply_relocations`, kernel/module/main.c; `__write_relocate_add`). Known for x86-64 only.
 */
export function checkRelocations(elf: Elf): ElfProblem[] {
  if (elf.machine !== EM_X86_64 || elf.layout.bits !== 64) return [];
  const count = readSymbolTable(elf)?.count ?? 0;
  const problems: ElfProblem[] = [];
  for (const section of elf.sections.slice(1)) {
    const target = elf.sections[section.info];
    if (!target || (target.flags & SHF_ALLOC) === 0) continue;
    if ((section.flags & SHF_RELA_LIVEPATCH) !== 0) continue;
    if (section.type === SHT_REL) problems.push(fatal('REL relocations are not supported'));
    if (section.type !== SHT_RELA) continue;
    const problem = checkSection(elf, section, target, count);
    if (problem) problems.push(problem);
  }
  return problems;
}

function checkSection(
  elf: Elf,
  section: ElfSection,
  target: ElfSection,
  symbols: number,
): ElfProblem | undefined {
  const bytes = sectionBytes(elf, section);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content = sectionBytes(elf, target);
  const words = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const size = target.type === SHT_NOBITS ? target.size : content.length;
  for (let at = 0; at + 24 <= bytes.length; at += 24) {
    const type = view.getUint32(at + 8, true);
    const width = widthOf(type);
    if (width === 0) continue;
    if (width == null) return fatal(`Unknown rela relocation: ${type}`);
    const offset = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    if (offset + width > size)
      return unsafe(`${placeOf(section, at)} writes outside of section ${target.index}`);
    if (view.getUint32(at + 12, true) >= symbols)
      return unsafe(`${placeOf(section, at)} names no symbol`);
    if (target.type !== SHT_NOBITS && !isZero(words, offset, width)) {
      return fatal(`Invalid relocation target, existing value is nonzero for type ${type}`);
    }
  }
  return undefined;
}

function placeOf(section: ElfSection, at: number): string {
  return `relocation ${at / 24} of section ${section.index} (${section.name})`;
}

function isZero(words: DataView, offset: number, width: number): boolean {
  return (
    words.getUint32(offset, true) === 0 && (width === 4 || words.getUint32(offset + 4, true) === 0)
  );
}

function fatal(message: string): ElfProblem {
  return { message, fatal: true };
}

function unsafe(message: string): ElfProblem {
  return { message, fatal: false };
}
