import { contentOf, textAt, withContent } from './elf.ts';

/** One entry of `__versions`: the checksum of an imported symbol. */
export interface Version {
  name: string;
  crc: number;
}

const ENTRY_SIZE = 64;

export function versionsOf(module: Buffer): Version[] {
  const content = contentOf(module, '__versions');
  return Array.from({ length: content.length / ENTRY_SIZE }, (_, index) => ({
    name: textAt(content, index * ENTRY_SIZE + 8),
    crc: content.readUInt32LE(index * ENTRY_SIZE),
  }));
}

/** A copy with these entries as its `__versions`. */
export function withVersions(module: Buffer, versions: readonly Version[]): Buffer {
  const content = Buffer.alloc(versions.length * ENTRY_SIZE);
  for (const [index, { name, crc }] of versions.entries()) {
    content.writeUInt32LE(crc, index * ENTRY_SIZE);
    content.write(name, index * ENTRY_SIZE + 8, 'latin1');
  }
  return withContent(module, '__versions', content);
}

/** A copy in which the checksum of one symbol is another one. */
export function withFlippedVersion(module: Buffer, name: string): Buffer {
  const flip = (version: Version) =>
    version.name === name ? { name, crc: (version.crc ^ 0x10) >>> 0 } : version;
  return withVersions(module, versionsOf(module).map(flip));
}

export function withoutVersion(module: Buffer, name: string): Buffer {
  return withVersions(
    module,
    versionsOf(module).filter((version) => version.name !== name),
  );
}
