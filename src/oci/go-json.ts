/**
 * Reads JSON as programs written in Go do, which most of it comes from: a member that is null is
 * left out. Throws `SyntaxError`.
 */
export function parseGoJson(text: string): unknown {
  const leaveOut = (_: string, value: unknown): unknown => (value === null ? undefined : value);
  return text.includes('null') ? JSON.parse(text, leaveOut) : JSON.parse(text);
}
