import { asBuffer } from '../elf/c-string.ts';

const SECTION = 40;

/**
 * A section of a unified kernel image (UAPI.5, a PE file): `.linux`, `.initrd`, `.cmdline`,
 * `.uname`. Undefined when it has none of the name or is no such file; a plain kernel image is a
 * PE file too, and has none of these.
 */
export function unifiedSection(image: Uint8Array, name: string): Buffer | undefined {
  const bytes = asBuffer(image);
  if (bytes.length < 0x40 || bytes.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const head = bytes.readUInt32LE(0x3c);
  if (head + 24 > bytes.length || bytes.readUInt32LE(head) !== 0x4550) return undefined;
  const count = bytes.readUInt16LE(head + 6);
  const table = head + 24 + bytes.readUInt16LE(head + 20);
  for (
    let at = table;
    at + SECTION <= bytes.length && at < table + count * SECTION;
    at += SECTION
  ) {
    const found = bytes.toString('latin1', at, at + 8).replace(/\0.*$/s, '');
    if (found !== name) continue;
    // The file pads a section; its size in memory is that of the content.
    const size = Math.min(bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 16));
    const start = bytes.readUInt32LE(at + 20);
    return start + size <= bytes.length ? bytes.subarray(start, start + size) : undefined;
  }
  return undefined;
}

/** The text of a section, without what pads it. */
export function unifiedText(image: Uint8Array, name: string): string | undefined {
  return unifiedSection(image, name)?.toString('utf8').replace(/\0+$/, '').trim();
}
