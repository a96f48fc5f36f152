/** A buffer's view of bytes, without copying. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The text from `offset` to the next NUL byte or to the end; one character for each byte. */
export function cString(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('latin1', offset, end < 0 ? bytes.length : end);
}

/** Every non-empty text between NUL bytes. */
export function cStrings(bytes: Uint8Array): string[] {
  return asBuffer(bytes).toString('latin1').split('\0').filter(Boolean);
}
