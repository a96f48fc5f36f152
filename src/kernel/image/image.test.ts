import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readElf } from '../elf/elf.ts';
import { readBuiltinNames } from '../index/builtin-names.ts';
import { anElf } from '../testing/elf-builder.ts';
import { readKernelExports } from './exports.ts';
import { readKernelImage, versionOfImage } from './image.ts';

const gunzip = (bytes: Uint8Array) => gunzipSync(bytes);
const STRINGS = 0xffffffff82000000n;
const TABLE = 0xffffffff82100000n;

function strings(...texts: string[]): { bytes: Buffer; at: (text: string) => number } {
  const bytes = Buffer.from(`${texts.join('\0')}\0`);
  return { bytes, at: (text) => bytes.indexOf(`${text}\0`) };
}

/** `vmlinux` with one export for everybody and two for the GPL, in a form of entries. */
function aVmlinux(relative: boolean): Buffer {
  const texts = strings('kmalloc', 'gpl_one', 'gpl_two', 'NS');
  const empty = texts.bytes.length - 1;
  const table = (names: [string, string?][], base: bigint) =>
    Buffer.concat(
      names.map(([name, namespace], index) => {
        const fields = [0, texts.at(name), namespace ? texts.at(namespace) : empty];
        const entry = Buffer.alloc(relative ? 12 : 24);
        for (const [field, offset] of fields.entries()) {
          const target = STRINGS + BigInt(offset);
          if (!relative) entry.writeBigUInt64LE(target, field * 8);
          else
            entry.writeInt32LE(Number(target - (base + BigInt(index * 12 + field * 4))), field * 4);
        }
        return entry;
      }),
    );
  const crcs = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const gpl = TABLE + 0x1000n;
  return anElf({
    type: 2,
    sections: [
      { name: '__ksymtab', address: TABLE, content: table([['kmalloc']], TABLE) },
      {
        name: '__ksymtab_gpl',
        address: gpl,
        content: table([['gpl_one', 'NS'], ['gpl_two']], gpl),
      },
      { name: '__kcrctab', content: crcs(5) },
      { name: '__kcrctab_gpl', content: crcs(6, 0xfedcba98) },
      { name: '__ksymtab_strings', address: STRINGS, content: texts.bytes },
    ],
  });
}

const EXPORTS = [
  { name: 'kmalloc', crc: 5, gplOnly: false, namespace: '', owner: 'vmlinux' },
  { name: 'gpl_one', crc: 6, gplOnly: true, namespace: 'NS', owner: 'vmlinux' },
  { name: 'gpl_two', crc: 0xfedcba98, gplOnly: true, namespace: '', owner: 'vmlinux' },
];

function aBzImage(payload: Buffer, version: string): Buffer {
  const head = Buffer.alloc(1024 + 256);
  head[0x1f1] = 1;
  head.write('HdrS', 0x202, 'latin1');
  head.writeUInt16LE(0x300 - 0x200, 0x20e);
  head.write(`${version}\0`, 0x300, 'latin1');
  head.writeUInt32LE(256, 0x248);
  head.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([head, payload]);
}

describe('readKernelExports', () => {
  it.each([[true], [false]])('reads relative and absolute entries (relative: %s)', (relative) => {
    expect(readKernelExports(readElf(aVmlinux(relative)))).toEqual(EXPORTS);
  });

  it('reads flags beside the table, as since Linux 7.1', () => {
    const texts = strings('', 'kmalloc');
    const entry = Buffer.alloc(12);
    entry.writeInt32LE(Number(STRINGS + 1n - (TABLE + 4n)), 4);
    entry.writeInt32LE(Number(STRINGS - (TABLE + 8n)), 8);
    const elf = anElf({
      sections: [
        { name: '__ksymtab', address: TABLE, content: entry },
        { name: '__kflagstab', content: Buffer.from([1]) },
        { name: '__ksymtab_strings', address: STRINGS, content: texts.bytes },
      ],
    });

    expect(readKernelExports(readElf(elf))).toEqual([
      { name: 'kmalloc', crc: undefined, gplOnly: true, namespace: '', owner: 'vmlinux' },
    ]);
  });
});

describe('readKernelImage', () => {
  it('finds the kernel in a bzImage and leaves a vmlinux as it is', () => {
    const vmlinux = aVmlinux(true);
    const image = aBzImage(gzipSync(vmlinux), '6.1.0-test (builder) #1');

    expect(readKernelImage(image, gunzip)).toEqual(vmlinux);
    expect(readKernelImage(vmlinux, gunzip)).toEqual(vmlinux);
    expect(versionOfImage(image)).toBe('6.1.0-test (builder) #1');
    expect(versionOfImage(vmlinux)).toBeUndefined();
  });

  it('says when there is no kernel in it', () => {
    expect(() => readKernelImage(Buffer.alloc(2000), gunzip)).toThrow(/no vmlinux/);
  });
});

describe('readBuiltinNames', () => {
  it('reads visible parameters and versions', () => {
    const texts = strings('kfence.sample_interval', 'quiet', 'hidden.x', 'usbcore', '1.0');
    const parameter = (name: string, mode: number) => {
      const entry = Buffer.alloc(40);
      entry.writeBigUInt64LE(STRINGS + BigInt(texts.at(name)), 0);
      entry.writeUInt16LE(mode, 24);
      return entry;
    };
    const version = Buffer.alloc(72);
    version.writeBigUInt64LE(STRINGS + BigInt(texts.at('usbcore')), 56);
    const elf = anElf({
      sections: [
        { name: '.rodata', address: STRINGS, content: texts.bytes },
        {
          name: '__param',
          content: Buffer.concat([
            parameter('kfence.sample_interval', 0o600),
            parameter('quiet', 0o444),
            parameter('hidden.x', 0),
          ]),
        },
        { name: '__modver', content: version },
      ],
    });

    expect([...readBuiltinNames(readElf(elf))]).toEqual(['kfence', 'kernel', 'usbcore']);
  });
});
