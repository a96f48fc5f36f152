/** One block of a PEM file (RFC 7468). */
export interface PemBlock {
  label: string;
  bytes: Buffer;
}

/** Marks stand on lines of their own: readers written in Go find no others. */
const BLOCK =
  /^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n([A-Za-z0-9+/=\s]*?)^-----END \1-----[ \t]*\r?$/gm;

/** The blocks of a PEM file in their order; what stands around them is left out. */
export function readPem(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    bytes: Buffer.from(body.replace(/\s/g, ''), 'base64'),
  }));
}

/** Writes one block in lines of 64 characters, as everybody does. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
