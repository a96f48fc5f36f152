import type { Style } from './style.ts';

/** A last column that gets less than this many characters goes onto lines of its own. */
const NARROW = 20;

const INDENT = 4;

/**
 * Lays rows out in columns. What a terminal is too narrow for loses the ends of its digests first,
 * of which 12 digits tell one from another; then the last column is wrapped. Elsewhere every row
 * is one line, and digests are whole.
 */
export function table(
  rows: readonly (readonly string[])[],
  { width }: Pick<Style, 'width'>,
): string {
  const whole = layOut(rows, Number.POSITIVE_INFINITY);
  if (whole.every((line) => line.length <= width)) return whole.join('\n');
  return layOut(
    rows.map((row) => row.map(shortenDigests)),
    Math.max(width, 2 * NARROW),
  ).join('\n');
}

/** Digests as people tell them apart. */
function shortenDigests(text: string): string {
  return text.replaceAll(/\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');
}

function layOut(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.flatMap((row) => rowLines(row, widths, width));
}

function rowLines(row: readonly string[], widths: readonly number[], width: number): string[] {
  const last = row.at(-1) ?? '';
  const others = row.slice(0, -1);
  const before = others.map((cell, at) => `${cell.padEnd(widths[at] ?? 0)}  `).join('');
  const line = `${before}${last}`.trimEnd();
  if (line.length <= width) return [line];
  if (last === '') return rowLines(others, widths, width);
  if (others.length === 0) return wrap(last, width);
  const rest = width - before.length;
  if (rest < NARROW)
    return [...rowLines(others, widths, width), ...hanging(wrap(last, width - INDENT), INDENT)];
  const [first = '', ...more] = wrap(last, rest);
  return [`${before}${first}`, ...hanging(more, before.length)];
}

function hanging(lines: readonly string[], indent: number): string[] {
  return lines.map((line) => `${' '.repeat(indent)}${line}`);
}

/**
 * Breaks text into lines of at most `width` characters, between words where that is possible;
 * nothing of it is lost but the spaces at the breaks.
 */
function wrap(text: string, width: number): string[] {
  const rest = text.trimEnd();
  if (rest.length <= width) return [rest];
  const space = rest.lastIndexOf(' ', width);
  const end = rest.slice(0, Math.max(0, space)).trim() === '' ? width : space;
  return [rest.slice(0, end).trimEnd(), ...wrap(rest.slice(end).trimStart(), width)];
}
