import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN } from './style.ts';
import { table } from './table.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe(table, () => {
  it('aligns columns', () => {
    const rows = [
      ['a', 'bb'],
      ['ccc', 'd'],
    ];

    expect(table(rows, PLAIN)).toBe('a    bb\nccc  d');
  });

  it('leaves rows and digests whole where no terminal reads them, or where they fit', () => {
    const row = ['latest', DIGEST, 'x'.repeat(200)];

    expect(table([row], PLAIN)).toBe(row.join('  '));
    expect(table([row.slice(0, 2)], { width: 80 })).toBe(`latest  ${DIGEST}`);
  });

  it('shortens digests first', () => {
    const row = ['latest', `${DIGEST} and ${DIGEST}`];

    expect(table([row], { width: 80 })).toBe('latest  sha256:0123456789ab and sha256:0123456789ab');
  });

  it('wraps the last column between words', () => {
    const rows = [
      ['goes', 'x:main-12', 'nobody follows it and it is old'],
      ['stays', 'x:latest', 'hosts follow it'],
    ];

    expect(table(rows, { width: 42 }).split('\n')).toEqual([
      'goes   x:main-12  nobody follows it and it',
      '                  is old',
      'stays  x:latest   hosts follow it',
    ]);
  });

  it('puts it onto lines of its own when the others leave no room', () => {
    expect(table([['x'.repeat(30), 'because it is old']], { width: 40 }).split('\n')).toEqual([
      'x'.repeat(30),
      '    because it is old',
    ]);
  });

  it('loses nothing, and no line is wider than the terminal', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 90 });
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 120 }), (rows, width) => {
        const text = table(rows, { width });

        expect(text.replaceAll(/\s/g, '')).toBe(rows.flat().join('').replaceAll(' ', ''));
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
