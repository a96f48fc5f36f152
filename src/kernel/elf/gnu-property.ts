import { type Elf, findSection, sectionBytes } from './elf.ts';

const X86_FEATURES = 0xc0000002;
const FEATURE_IBT = 1;

/**
 * Whether an x86 object was compiled for indirect branch tracking: the mark in its
 * `.note.gnu.property` (x86-64 psABI, "Program property").
 */
export function hasIbtMark(elf: Elf): boolean {
  const note = sectionBytes(elf, findSection(elf, '.note.gnu.property'));
  for (let at = 16; at + 12 <= note.length; ) {
    const size = note.readUInt32LE(at + 4);
    if (note.readUInt32LE(at) === X86_FEATURES)
      return (note.readUInt32LE(at + 8) & FEATURE_IBT) !== 0;
    at += 8 + Math.ceil(size / 8) * 8;
  }
  return false;
}
