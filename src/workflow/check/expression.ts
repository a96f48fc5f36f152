/** An expression in a text, `${{ … }}`. */
export interface Expression {
  /** Offset of its first character. */
  index: number;
  /** With its braces. */
  whole: string;
  /** What stands between them. */
  content: string;
}

/** The expressions in a text, in linear time; one that does not end is none. */
export function expressionsIn(text: string): Expression[] {
  const found: Expression[] = [];
  for (let index = text.indexOf('${{'); index >= 0; ) {
    const end = text.indexOf('}}', index);
    if (end < 0) break;
    const whole = text.slice(index, end + 2);
    found.push({ index, whole, content: whole.slice(3, -2).trim() });
    index = text.indexOf('${{', end + 2);
  }
  return found;
}
