/** Contents as Ignition takes them inline. */
export interface DataUrl {
  source: string;
  /** Undefined when the document says itself how its contents are compressed. */
  compression: string | undefined;
}

/**
 * The shortest of text with escapes, base64, and gzip in base64, as Butane chooses: gzip must make
 * up for the word `gzip` as well. Contents that were compressed before are not compressed again.
 */
export function dataUrl(contents: Buffer, compression?: string): DataUrl {
  const escaped = escapedLength(contents);
  const base64 = base64Length(contents.length);
  const shortest = Math.min(escaped, base64);
  if (!compression && base64Length(leastPacked(contents)) + 4 < shortest) {
    const packed = process.getBuiltinModule('node:zlib').gzipSync(contents, { level: 9 });
    if (base64Length(packed.length) + 4 < shortest)
      return { source: `data:;base64,${packed.toString('base64')}`, compression: 'gzip' };
  }
  const source =
    base64 < escaped ? `;base64,${contents.toString('base64')}` : `,${escape(contents)}`;
  return { source: `data:${source}`, compression: compression ? undefined : '' };
}

/** Longer contents may be packed in several blocks, each with a code of its own. */
const ONE_BLOCK = 4096;

/**
 * No gzip stream of contents is shorter: 18 bytes around it (RFC 1952), 2 for nothing at all, and
 * each byte that occurs stands in it once, in one prefix code (Kraft: n log n bits for n of them).
 */
function leastPacked(contents: Buffer): number {
  const kinds = contents.length > ONE_BLOCK ? 1 : new Set(contents).size;
  return 18 + Math.max(2, Math.floor((kinds * Math.log2(Math.max(kinds, 1))) / 8));
}

function base64Length(bytes: number): number {
  return ';base64,'.length + 4 * Math.ceil(bytes / 3);
}

/** What a data URL holds as it is (RFC 2396, unreserved). */
const PLAIN = new Uint8Array(256);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")
  PLAIN[char.charCodeAt(0)] = 1;

function escapedLength(contents: Buffer): number {
  let length = 1;
  for (const byte of contents) length += PLAIN[byte] ? 1 : 3;
  return length;
}

function escape(contents: Buffer): string {
  let text = '';
  for (const byte of contents) {
    text += PLAIN[byte]
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
