import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cpioEnd, cpioEntry } from './cpio-write.ts';
import { readInitramfs } from './initramfs.ts';

const archive = (...names: string[]) =>
  Buffer.concat([
    ...names.map((path, inode) => cpioEntry({ path, inode }, `this is ${path}`)),
    cpioEnd(),
  ]);
const early = archive('kernel/x86/microcode/GenuineIntel.bin');
const zeros = (count: number) => Buffer.alloc(count);
const program = (name: string, args: string[], input: Buffer) =>
  execFileSync(name, args, { input });

async function contents(image: Uint8Array): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { header, body } of readInitramfs(image)) {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    found.push([header.path, Buffer.concat(parts).toString()]);
  }
  return found;
}

const names = async (image: Uint8Array) => (await contents(image)).map(([name]) => name);

describe('readInitramfs', () => {
  const compressions: [string, (bytes: Buffer) => Buffer][] = [
    ['nothing', (bytes) => bytes],
    ['gzip', (bytes) => gzipSync(bytes)],
    ['zstd', (bytes) => zstdCompressSync(bytes)],
    [
      'zstd in two frames',
      (bytes) =>
        Buffer.concat([
          zstdCompressSync(bytes.subarray(0, 9)),
          zstdCompressSync(bytes.subarray(9)),
        ]),
    ],
    ['xz', (bytes) => program('xz', ['--check=crc32'], bytes)],
    ['LZ4', (bytes) => program('lz4', ['-l', '-c'], bytes)],
  ];

  it.each(compressions)(
    'reads early microcode and then an archive packed by %s',
    async (_, pack) => {
      const image = Buffer.concat([
        early,
        zeros(512 - (early.length % 512)),
        pack(archive('a', 'b')),
      ]);

      expect(await contents(image)).toEqual([
        ['kernel/x86/microcode/GenuineIntel.bin', 'this is kernel/x86/microcode/GenuineIntel.bin'],
        ['a', 'this is a'],
        ['b', 'this is b'],
      ]);
    },
  );

  it.each(compressions.slice(0, 5))('goes on behind a piece packed by %s', async (_, pack) => {
    const first = Buffer.concat([archive('a'), zeros(6), archive('b')]);
    const behind = [archive('c'), gzipSync(archive('d')), zstdCompressSync(archive('e'))];

    expect(await names(Buffer.concat([pack(first), ...behind]))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await names(Buffer.concat([pack(first), zeros(3), ...behind, zeros(9)]))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  it('reads an empty one', async () => {
    expect(await names(zeros(512))).toEqual([]);
  });

  it('says what it does not know, and what is damaged', async () => {
    const bzip2 = Buffer.concat([early, Buffer.from('BZh91AY')]);
    const cut = gzipSync(archive('a')).subarray(0, 40);

    await expect(names(bzip2)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(names(cut)).rejects.toMatchObject({ code: 'invalid-content' });
    await expect(names(early.subarray(0, 130))).rejects.toMatchObject({ code: 'invalid-content' });
  });

  it('takes a name in the header of gzip', async () => {
    const packed = gzipSync(archive('a'));
    const head = Buffer.from(packed.subarray(0, 10));
    head[3] = 8;
    const named = Buffer.concat([head, Buffer.from('name\0'), packed.subarray(10), archive('b')]);

    expect(await names(named)).toEqual(['a', 'b']);
  });
});
