import { type Btf, stringFrom } from './format.ts';
import { MOST_NAMES } from './parse.ts';

/** `KSYM_NAME_LEN` (include/linux/kallsyms.h; 128 before Linux 6.1). */
const LONGEST = 512;

/** A string begins at the offset (`btf_name_offset_valid`). */
export function isName(btf: Btf, offset: number): boolean {
  return offset <= MOST_NAMES && stringFrom(btf, offset) !== undefined;
}

/** The name of something in C (`btf_name_valid_identifier`). */
export function isIdentifier(btf: Btf, offset: number): boolean {
  const text = stringFrom(btf, offset);
  return (
    text !== undefined && isLetter(text[0] ?? 0) && isMadeOf(text, (c) => isLetter(c) || isDigit(c))
  );
}

/** The name of a section, of anything that can be printed since Linux 6.11. */
export function isSectionName(btf: Btf, offset: number): boolean {
  if (!btf.rules.printableSections) return isIdentifier(btf, offset);
  const text = stringFrom(btf, offset);
  return text !== undefined && (text[0] ?? 0) !== 0 && isMadeOf(text, isPrintable);
}

export function isEmpty(btf: Btf, offset: number): boolean {
  return (stringFrom(btf, offset)?.[0] ?? 0) === 0;
}

function isMadeOf(text: Buffer, isRight: (character: number) => boolean): boolean {
  let at = 0;
  for (; at < LONGEST && text[at]; at++) if (!isRight(text[at] ?? 0)) return false;
  return (text[at] ?? 0) === 0;
}

/** Linux counts the letters of Latin-1 among the letters (lib/ctype.c), and here `_` and `.`. */
function isLetter(c: number): boolean {
  const isAscii = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 46;
  return isAscii || (c >= 192 && c !== 215 && c !== 247);
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isPrintable(c: number): boolean {
  return (c >= 32 && c <= 126) || c >= 160;
}
