/** The names in texts that hold several, with spaces or commas between them. */
export function namesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/[\s,]+/)).filter(Boolean);
}
