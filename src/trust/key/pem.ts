/** One block of a PEM file (RFC 7468). */
export interface PemBlock {
  label: string;
  bytes: Buffer;
}

/**
 * Marks stand on lines of their own, which a line feed alone ends, and nothing is a space but those
 * of ASCII: readers written in Go see no others, and JavaScript's `\s` and `^` do.
 */
const BLOCK =
  /(?<![^\n])-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n([A-Za-z0-9+/= \t\r\n]*?)(?<=\n)-----END \1-----[ \t]*\r?(?![^\n])/g;

/**
 * The blocks of a PEM file in their order; what stands around them is left out, and so is a block
 * that is not base64 with its padding.
 */
export function readPem(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(([, label = '', body = '']) => {
    const encoded = body.replace(/[ \t\r\n]/g, '');
    const bytes = Buffer.from(encoded, 'base64');
    return bytes.toString('base64') === encoded ? [{ label, bytes }] : [];
  });
}

/**
 * The blocks of a text that every reader divides in the same way, and what else stands in it.
 * Throws `Error` where one reader would see a block and another would not.
 */
export function readOnlyPem(text: string): { blocks: PemBlock[]; around: string } {
  const blocks = readPem(text);
  const around = text.replace(BLOCK, '').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  const marks = text.match(/(?<![^\n])-----BEGIN /g)?.length ?? 0;
  if (blocks.length === 0) throw new Error('it is not PEM');
  if (marks !== blocks.length || around.includes('-----'))
    throw new Error('it is not PEM throughout');
  return { blocks, around };
}

/** Writes one block in lines of 64 characters, as everybody does. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
