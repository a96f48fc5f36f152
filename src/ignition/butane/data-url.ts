import { gzipSync } from 'node:zlib';

/** Contents as Ignition takes them inline. */
export interface DataUrl {
  source: string;
  /** Undefined when the document says itself how its contents are compressed. */
  compression: string | undefined;
}

/** No gzip stream is shorter: 10 bytes before, 8 behind, 2 for nothing at all. */
const SHORTEST_GZIP = 20;

/**
 * The shortest of text with escapes, base64, and gzip in base64, as Butane chooses: gzip must make
 * up for the word `gzip` as well. Contents that were compressed before are not compressed again.
 */
export function dataUrl(contents: Buffer, compression?: string): DataUrl {
  const escaped = escapedLength(contents);
  const base64 = base64Length(contents.length);
  const shortest = Math.min(escaped, base64);
  if (!compression && base64Length(SHORTEST_GZIP) + 4 < shortest) {
    const packed = gzipSync(contents, { level: 9 });
    if (base64Length(packed.length) + 4 < shortest)
      return { source: `data:;base64,${packed.toString('base64')}`, compression: 'gzip' };
  }
  const source =
    base64 < escaped ? `;base64,${contents.toString('base64')}` : `,${escape(contents)}`;
  return { source: `data:${source}`, compression: compression ? undefined : '' };
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
