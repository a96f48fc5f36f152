import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { xz } from '@napi-rs/lzma';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressionOf, decompress, decompressAside, decompressBytes } from './compression.ts';
import { xzContentSize } from './xz-size.ts';

const formats = {
  gzip: (bytes: Uint8Array): Uint8Array => gzipSync(bytes),
  zstd: (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes),
  xz: (bytes: Uint8Array): Uint8Array => xz.compressSync(bytes),
  none: (bytes: Uint8Array): Uint8Array => bytes,
};
const kinds = Object.keys(formats) as (keyof typeof formats)[];
const SKIPPABLE = Buffer.from('5e2a4d1805000000aabbccddee', 'hex');

async function* split(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('decompressAside', () => {
  it.each(kinds)('comes to the same as decompressBytes for %s', async (kind) => {
    const content = Buffer.from('the quick brown fox '.repeat(50));
    const packed = formats[kind](content);

    expect(Buffer.from(await decompressAside(packed, 1000))).toEqual(content);
    await expect(decompressAside(packed, 999)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('tells damaged xz data as such', async () => {
    const packed = formats.xz(Buffer.from('the quick brown fox '.repeat(50)));
    packed[packed.length >> 1]! ^= 0xff;

    await expect(decompressAside(packed, 1000)).rejects.toMatchObject({ code: 'invalid-content' });
  });

  it.each(['gzip', 'zstd', 'xz'] as const)(
    'tells %s data that ends early as such',
    async (kind) => {
      const packed = formats[kind](Buffer.from('the quick brown fox '.repeat(50)));

      await expect(decompressAside(packed.subarray(0, -7), 1000)).rejects.toMatchObject({
        code: 'invalid-content',
      });
    },
  );
});

describe('decompressAside of several frames', () => {
  it.each(['gzip', 'zstd', 'xz'] as const)(
    'gives all that %s holds, within one limit',
    async (kind) => {
      const frames = ['one ', 'two ', 'three'].map((text) => formats[kind](Buffer.from(text)));
      const packed = Buffer.concat(kind === 'zstd' ? [SKIPPABLE, ...frames, SKIPPABLE] : frames);

      expect(Buffer.from(await decompressAside(packed, 13)).toString()).toBe('one two three');
      await expect(decompressAside(packed, 12)).rejects.toMatchObject({ code: 'limit-exceeded' });
      await expect(decompressAside(packed, 8)).rejects.toMatchObject({ code: 'limit-exceeded' });
    },
  );

  it('is not misled by what is expected', async () => {
    const content = Buffer.from('the quick brown fox '.repeat(50));

    for (const expected of [70, 1000, 5000])
      for (const kind of kinds)
        expect(
          Buffer.from(await decompressAside(formats[kind](content), 2000, { expected })),
        ).toEqual(content);
  });
});

describe('decompress', () => {
  it.each(kinds)('gives back what was compressed with %s, however it is split', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        async (parts, size) => {
          const frames = kind === 'none' ? parts : parts.map((part) => formats[kind](part));
          fc.pre(kind !== 'none' || compressionOf(Buffer.concat(parts)) === 'none');

          const out = await drain(decompress(split(Buffer.concat(frames), size)));

          expect(out).toEqual(Buffer.concat(parts));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('decodes every frame behind a skippable one when all come in one chunk', async () => {
    const frame = zstdCompressSync(Buffer.alloc(100_000, 'a'));
    const bytes = Buffer.concat([SKIPPABLE, frame, SKIPPABLE, frame, SKIPPABLE]);

    expect((await drain(decompress(split(bytes, bytes.length)))).length).toBe(200_000);
    expect(decompressBytes(bytes, 200_000).length).toBe(200_000);
  });

  it.each(['gzip', 'zstd', 'xz'] as const)('refuses %s data cut anywhere', async (kind) => {
    const whole = formats[kind](Buffer.from('the quick brown fox '.repeat(50)));
    for (let length = 8; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      await expect(drain(decompress(split(cut, 7)))).rejects.toThrow(/broken|early/);
      expect(() => decompressBytes(cut, 1 << 20)).toThrow(/broken|early/);
    }
  });

  it('passes on an error of the source as it is', async () => {
    const failure = new Error('the network went away');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield gzipSync(Buffer.alloc(1000)).subarray(0, 15);
      throw failure;
    }

    await expect(drain(decompress(source()))).rejects.toBe(failure);
  });

  it.each(kinds)('ends the source when its reader stops early (%s)', async (kind) => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* split(formats[kind](randomBytes(1 << 20)), 10_000);
      } finally {
        ended = true;
      }
    }

    for await (const _ of decompress(source())) break;

    expect(ended).toBe(true);
  });
});

describe('decompressBytes', () => {
  it.each(kinds)('refuses to make more than the limit of %s data', (kind) => {
    const bytes = formats[kind](Buffer.alloc(5000));
    expect(decompressBytes(bytes, 5000).length).toBe(5000);
    expect(() => decompressBytes(bytes, 4999)).toThrow(/more than 4999 bytes/);
  });

  it.each(kinds)('throws only LockstepErrors for damaged %s data', (kind) => {
    const whole = formats[kind](Buffer.from('some text to compress '.repeat(20)));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = value;
        try {
          decompressBytes(bytes, 1 << 20);
        } catch (error) {
          expect(error).toHaveProperty('code');
        }
      }),
    );
  });
});

describe('xzContentSize', () => {
  it.each([
    ['-0'],
    ['-9', '--block-size=1000'],
    ['--check=crc32', '--x86', '--lzma2=preset=6'],
    ['--check=sha256'],
  ])('agrees with xz %s %s', (...options) => {
    const input = Buffer.from('abcdefgh'.repeat(2000) + Math.PI);
    const made = spawnSync('xz', ['-c', ...options], { input });

    expect(xzContentSize(made.stdout)).toBe(input.length);
    expect(Buffer.from(decompressBytes(made.stdout, 1 << 20))).toEqual(input);
  });

  it('adds up concatenated streams with padding between them', () => {
    const one = xz.compressSync(Buffer.alloc(70_000));
    expect(xzContentSize(Buffer.concat([one, Buffer.alloc(8), one]))).toBe(140_000);
  });
});
