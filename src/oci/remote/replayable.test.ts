import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../content.ts';
import { Replayable } from './replayable.ts';

async function* pieces(bytes: Buffer, sizes: number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('Replayable', () => {
  it('gives any part again that was not forgotten, however the pieces fall', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }));
    const cuts = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })),
    );
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index));
    await fc.assert(
      fc.asyncProperty(sizes, cuts, async (given, parts) => {
        const source = new Replayable(pieces(bytes, given));
        for (const [a, b] of parts) {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          const read = await readAll(source.from(start, end), 100, 'part');
          expect(read.equals(bytes.subarray(start, end))).toBe(true);
        }
        expect(source.isWhole).toBe(true);
      }),
    );
  });

  it('forgets, and says so', async () => {
    const source = new Replayable(pieces(Buffer.alloc(100), [10, 10, 10]));
    await readAll(source.from(0, 30), 100, 'part');
    source.forget(15);

    expect(source.isWhole).toBe(false);
    expect((await readAll(source.from(15, 100), 100, 'part')).length).toBe(85);
  });

  it('tells a failing source from a failing sink', async () => {
    const source = new Replayable(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('disk');
      })(),
    );

    await expect(readAll(source.from(0, 10), 100, 'part')).rejects.toThrow('disk');
    expect(source.failed).toBe(true);
  });
});
