import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './lines.ts';

function split(bytes: Buffer, cuts: readonly number[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length];
  places.sort((a, b) => a - b);
  for (const [index, start] of places.entries()) {
    splitter.push(bytes.subarray(start, places[index + 1] ?? bytes.length));
  }
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the same lines whatever the pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(200)), (text, cuts) => {
        const bytes = Buffer.from(text.toWellFormed());

        expect(split(bytes, cuts)).toEqual(split(bytes, []));
      }),
      { numRuns: 50 },
    );
  });

  it('drops carriage returns and gives a last line without end', () => {
    expect(split(Buffer.from('one\r\n\ntwo'), [])).toEqual(['one', '', 'two']);
  });

  it('drops what would steer a terminal', () => {
    const line = '\u001b[0;32m  OK  \u001b[0m\tStarted\u0007 \u009b2J\u0000it';

    expect(split(Buffer.from(line), [])).toEqual(['  OK  \tStarted 2Jit']);
  });

  it('does not keep a line without end in memory', () => {
    expect(split(Buffer.alloc(200_000, 'x'), [70_000, 140_000])).toHaveLength(3);
  });
});
