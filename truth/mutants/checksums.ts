import { contentOf, withContent, withoutSection } from './elf.ts';
import { importsOf } from './symbols.ts';
import type { Variation } from './variation.ts';
import { versionsOf, withFlippedVersion, withoutVersion, withVersions } from './versions.ts';

const NEEDS = '__versions';
const last = (module: Buffer) => importsOf(module).at(-1) ?? '';

function flipped(of: string, symbol: string): Variation {
  return {
    name: `checksum of ${symbol} flipped`,
    of,
    needs: NEEDS,
    change: (module) => withFlippedVersion(module, symbol),
  };
}

function changed(name: string, change: (module: Buffer) => Buffer, of = 'fs_user'): Variation {
  return { name, of, needs: NEEDS, change };
}

export const CHECKSUM_VARIATIONS: readonly Variation[] = [
  flipped('fs_user', 'iput'),
  flipped('fs_user', 'register_filesystem'),
  flipped('fs_user', 'module_layout'),
  flipped('plain', 'module_layout'),
  flipped('net_user', 'init_net'),
  flipped('block_user', 'bio_put'),
  flipped('gpl_user', 'put_device'),
  flipped('ns_user', 'crypto_cipher_setkey'),
  flipped('consumer', 'lockstep_gpl'),
  flipped('consumer', 'module_layout'),
  flipped('chain', 'lockstep_chained'),
  flipped('tree_user', 'config_item_put'),
  flipped('initless', 'module_layout'),
  changed('no __versions', (module) => withoutSection(module, NEEDS)),
  changed('no __versions', (module) => withoutSection(module, NEEDS), 'plain'),
  changed('no __versions', (module) => withoutSection(module, NEEDS), 'consumer'),
  changed('empty __versions', (module) => withVersions(module, [])),
  changed('no checksum of an import', (module) => withoutVersion(module, last(module))),
  changed('no checksum of module_layout', (module) => withoutVersion(module, 'module_layout')),
  changed('checksums in another order', (module) =>
    withVersions(module, versionsOf(module).reverse()),
  ),
  changed('a checksum of something not imported', (module) =>
    withVersions(module, [...versionsOf(module), { name: 'kfree', crc: 1 }]),
  ),
  changed('a second, wrong checksum of an import', (module) =>
    withVersions(module, [...versionsOf(module), { name: last(module), crc: 1 }]),
  ),
  changed('a first, wrong checksum of an import', (module) =>
    withVersions(module, [{ name: last(module), crc: 1 }, ...versionsOf(module)]),
  ),
  changed('all checksums zero', (module) =>
    withVersions(
      module,
      versionsOf(module).map(({ name }) => ({ name, crc: 0 })),
    ),
  ),
  changed('__versions cut inside an entry', (module) =>
    withContent(module, NEEDS, contentOf(module, NEEDS).subarray(0, -40)),
  ),
  changed('high half of a checksum set', (module) => {
    const content = Buffer.from(contentOf(module, NEEDS));
    content.writeUInt32LE(1, 64 + 4);
    return withContent(module, NEEDS, content);
  }),
];

/** Changes of the sections that take over from `__versions` (CONFIG_EXTENDED_MODVERSIONS). */
const EXTENDED = '__version_ext_crcs';
const EXTENDED_NAMES = '__version_ext_names';

function extended(name: string, change: (module: Buffer) => Buffer): Variation {
  return { name, of: 'fs_user', needs: EXTENDED, change };
}

function withFlippedExtended(module: Buffer): Buffer {
  const names = contentOf(module, EXTENDED_NAMES).toString('latin1').split('\0');
  const crcs = Buffer.from(contentOf(module, EXTENDED));
  const at = 4 * names.indexOf('iput');
  crcs.writeUInt32LE((crcs.readUInt32LE(at) ^ 0x10) >>> 0, at);
  return withContent(module, EXTENDED, crcs);
}

export const EXTENDED_VARIATIONS: readonly Variation[] = [
  extended('extended checksum flipped', withFlippedExtended),
  extended('extended checksum flipped, no __versions', (module) =>
    withFlippedExtended(withoutSection(module, NEEDS)),
  ),
  extended('no extended checksums', (module) =>
    withoutSection(withoutSection(module, EXTENDED), EXTENDED_NAMES),
  ),
  extended('no checksums of either kind', (module) =>
    [EXTENDED, EXTENDED_NAMES, NEEDS].reduce(withoutSection, module),
  ),
  extended('extended checksums only', (module) => withoutSection(module, NEEDS)),
  extended('extended checksums without names', (module) => withoutSection(module, EXTENDED_NAMES)),
  extended('extended names without checksums', (module) => withoutSection(module, EXTENDED)),
  extended('extended checksums, one too few', (module) =>
    withContent(module, EXTENDED, contentOf(module, EXTENDED).subarray(0, -4)),
  ),
  extended('extended checksums, one too many', (module) =>
    withContent(module, EXTENDED, Buffer.concat([contentOf(module, EXTENDED), Buffer.alloc(4)])),
  ),
  extended('extended checksums of broken size', (module) =>
    withContent(module, EXTENDED, contentOf(module, EXTENDED).subarray(0, -1)),
  ),
  extended('extended names without their last zero byte', (module) =>
    withContent(module, EXTENDED_NAMES, contentOf(module, EXTENDED_NAMES).subarray(0, -1)),
  ),
];
