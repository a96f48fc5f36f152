import { asBuffer, cString } from '../elf/c-string.ts';
import type { ElfLayout } from '../elf/elf.ts';

/** CRC of each imported symbol by name, as the module was built against. */
export type Modversions = Map<string, number>;

/**
 * Reads `__versions` (include/linux/module.h, `struct modversion_info`): 64 bytes for each symbol,
 * a CRC as wide as a long and the name. Of a name that stands twice Linux takes the first.
 */
export function readModversions(section: Uint8Array, layout: ElfLayout): Modversions {
  const bytes = asBuffer(section);
  const word = layout.bits / 8;
  const versions: Modversions = new Map();
  for (let at = 0; at + 64 <= bytes.length; at += 64) {
    const name = cString(bytes, at + word);
    if (versions.has(name)) continue;
    versions.set(name, crcAt(bytes, at, layout));
  }
  return versions;
}

/** A CRC with anything in the upper half of its long is a CRC that no symbol has. */
function crcAt(bytes: Buffer, at: number, layout: ElfLayout): number {
  if (layout.endian === 'big') {
    return layout.bits === 32 ? bytes.readUInt32BE(at) : Number(bytes.readBigUInt64BE(at));
  }
  const low = bytes.readUInt32LE(at);
  return layout.bits === 32 ? low : low + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** Extended versions, and whether there is a name for every CRC as Linux demands. */
export interface ExtendedModversions {
  versions: Modversions;
  complete: boolean;
}

/**
 * Reads `__version_ext_crcs` and `__version_ext_names` (since Linux 6.14,
 * `elf_validity_cache_index_versions`): names of any length beside a list of CRCs.
 */
export function readExtendedModversions(
  crcs: Uint8Array,
  names: Uint8Array,
  layout: ElfLayout,
): ExtendedModversions {
  const numbers = asBuffer(crcs);
  const texts = asBuffer(names);
  const versions: Modversions = new Map();
  let offset = 0;
  for (let at = 0; at + 4 <= numbers.length; at += 4) {
    const end = texts.indexOf(0, offset);
    if (end < 0) return { versions, complete: false };
    const name = texts.toString('latin1', offset, end);
    offset = end + 1;
    const crc = layout.endian === 'big' ? numbers.readUInt32BE(at) : numbers.readUInt32LE(at);
    if (!versions.has(name)) versions.set(name, crc);
  }
  return { versions, complete: true };
}
