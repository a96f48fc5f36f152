/**
 * The bytes of padded base64 (RFC 4648, 4); undefined for anything else. Without a pattern over
 * groups of four: those of a long text are more than patterns can remember.
 */
export function bytesOfBase64(text: string): Buffer | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.slice(0, text.length - padding);
  const whole = text.length % 4 === 0 && !/[^A-Za-z\d+/]/.test(digits);
  return whole ? Buffer.from(digits, 'base64') : undefined;
}
