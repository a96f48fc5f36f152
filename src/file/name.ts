const REPLACEMENT = '\ufffd';
const FIRST_ESCAPE = 0xdc80;
const LAST_ESCAPE = 0xdcff;

/**
 * Names are bytes on Linux and text in lockstep. Bytes that are not UTF-8 become the lone
 * surrogates U+DC80–U+DCFF, so that `encodeName(decodeName(bytes))` gives every byte back.
 */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8', 0, buffer.length);
  if (!text.includes(REPLACEMENT) || Buffer.from(text).equals(buffer)) return text;
  return decodeByParts(buffer);
}

/** The bytes of a name; the inverse of `decodeName`. */
export function encodeName(name: string): Buffer {
  if (name.isWellFormed()) return Buffer.from(name);
  const parts: Buffer[] = [];
  for (const character of name) parts.push(encodeCharacter(character));
  return Buffer.concat(parts);
}

/** True when the name came from bytes that are not UTF-8. */
export function isEscapedName(name: string): boolean {
  return !name.isWellFormed();
}

function encodeCharacter(character: string): Buffer {
  const code = character.charCodeAt(0);
  const escaped = character.length === 1 && code >= FIRST_ESCAPE && code <= LAST_ESCAPE;
  return escaped ? Buffer.of(code - 0xdc00) : Buffer.from(character);
}

function decodeByParts(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += length || 1;
  }
  return text;
}

/** Length of the UTF-8 sequence that starts here, 0 when none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const sequence = bytes.subarray(at, at + length);
  const same = Buffer.from(sequence.toString('utf8', 0, sequence.length)).equals(sequence);
  return sequence.length === length && same ? length : 0;
}
