/** Deepest nesting that is walked through. */
const DEPTH = 64;

const [CONSTRUCTED, LONG_TAG, BOOLEAN, INTEGER] = [0x20, 0x1f, 1, 2];

/**
 * True for bytes that are one value in DER, in the one form that Go takes: lengths and whole
 * numbers as short as can be (X.690, 10 and 11). What stands inside of octet strings is theirs.
 */
export function isDer(bytes: Uint8Array): boolean {
  return endOfValue(bytes, 0, 0) === bytes.length;
}

/** Where the value at this place ends; undefined when there is none in DER. */
function endOfValue(bytes: Uint8Array, start: number, depth: number): number | undefined {
  const tag = bytes[start];
  const length = lengthAt(bytes, start + 1);
  if (tag == null || !length || depth > DEPTH || (tag & LONG_TAG) === LONG_TAG) return undefined;
  const end = length.next + length.value;
  if (end > bytes.length) return undefined;
  const content = bytes.subarray(length.next, end);
  if ((tag & CONSTRUCTED) === 0) return isPrimitive(tag, content) ? end : undefined;
  for (let at = 0; at < content.length; ) {
    const next = endOfValue(content, at, depth + 1);
    if (next == null) return undefined;
    at = next;
  }
  return end;
}

function lengthAt(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  const first = bytes[at];
  if (first == null) return undefined;
  if (first < 0x80) return { value: first, next: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + count >= bytes.length) return undefined;
  let value = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + count)) value = value * 256 + byte;
  const isShortest = value >= 0x80 && bytes[at + 1] !== 0;
  return isShortest ? { value, next: at + 1 + count } : undefined;
}

function isPrimitive(tag: number, content: Uint8Array): boolean {
  const [first, second = 0] = content;
  if (tag === BOOLEAN) return content.length === 1 && (first === 0 || first === 0xff);
  if (tag !== INTEGER) return true;
  if (first == null) return false;
  if (content.length === 1) return true;
  return !(first === 0 && second < 0x80) && !(first === 0xff && second >= 0x80);
}
