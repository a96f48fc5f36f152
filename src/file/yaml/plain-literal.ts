import { found, notPlain } from './plain-scalars.ts';

const SPACES = / */y;

/** A literal block scalar: where it ends, where the line behind it starts, and what it says. */
export interface Literal {
  end: number;
  next: number;
  text: string;
}

/** Reads the lines below the header at an offset, which lie deeper than what is around them. */
export function literal(
  text: string,
  { at, chomping, around }: { at: number; chomping: string; around: number },
): Literal {
  const lines: string[] = [];
  let indent = -1;
  let next = text.indexOf('\n', at) + 1;
  if (next === 0) notPlain();
  let end = next;
  while (next < text.length) {
    const newline = text.indexOf('\n', next);
    if (newline < 0) notPlain();
    const spaces = found(SPACES, text, next)?.[0].length ?? 0;
    const blank = next + spaces === newline;
    if (blank && spaces > Math.max(indent, 0)) notPlain();
    if (!blank && indent < 0) indent = spaces;
    if (!blank && spaces < indent) break;
    if (indent >= 0 && indent <= around) notPlain();
    lines.push(blank ? '' : text.slice(next + indent, newline));
    next = newline + 1;
    if (!blank) end = next;
  }
  return indent < 0 ? notPlain() : { end, next, text: chomped(lines, chomping) };
}

/** With the blank lines at the end kept (`+`), the last newline alone, or none (`-`). */
function chomped(lines: readonly string[], chomping: string): string {
  const last = lines.findLastIndex((line) => line !== '');
  const kept = chomping === '+' ? lines : lines.slice(0, last + 1);
  return `${kept.join('\n')}${chomping === '-' ? '' : '\n'}`;
}
