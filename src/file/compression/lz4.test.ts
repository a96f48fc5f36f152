import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressBytes } from './compression.ts';

const MAGIC = Buffer.from('02214c18', 'hex');

/** A legacy frame with one block. */
function aFrame(...block: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(block.map((part) => Buffer.from(part as string, 'latin1')));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  return Buffer.concat([MAGIC, size, content]);
}

describe('decompressBytes of the legacy LZ4 of kernel images', () => {
  it('copies literals and what came before, overlapping itself', () => {
    // Literals "abc", then 4 + 5 bytes from a distance of 3; literals "xyz" end the block.
    const frame = aFrame('\x35abc\x03\x00', '\x30xyz');

    expect(String(decompressBytes(frame, 100))).toBe('abcabcabcabcxyz');
  });

  it('reads long lengths and several blocks', () => {
    const literals = 'l'.repeat(300);
    const one = aFrame('\xff', '\xff\x1e', literals, '\x01\x00\xff\x0a', '\x10z');
    const two = one.subarray(4);

    const out = String(decompressBytes(Buffer.concat([one, two]), 10_000));

    expect(out).toBe(`${'l'.repeat(300 + 15 + 255 + 10 + 4)}z`.repeat(2));
  });

  it('refuses distances out of the block, cut blocks, and more than the limit', () => {
    expect(() => decompressBytes(aFrame('\x10a\x05\x00'), 100)).toThrow(/broken/);
    expect(() => decompressBytes(aFrame('\x10a\x00\x00'), 100)).toThrow(/broken/);
    expect(() => decompressBytes(aFrame('\x30xyz').subarray(0, -1), 100)).toThrow(/broken/);
    expect(() => decompressBytes(aFrame('\x30xyz'), 2)).toThrow(/more than/);
  });

  it('answers or throws a LockstepError for any block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decompressBytes(aFrame(Buffer.from(bytes)), 1 << 16);
        } catch (error) {
          expect(error).toHaveProperty('code');
        }
      }),
    );
  });
});
