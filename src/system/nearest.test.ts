import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

describe(nearest, () => {
  it.each([
    ['nam', ['modules', 'name', 'base'], 'name'],
    ['bookwurm', ['bookworm', 'bullseye', 'bookworm-backports'], 'bookworm'],
    ['bokworm', ['bookworm'], 'bookworm'],
    ['bookwrom', ['bookworm'], 'bookworm'],
    ['publsih', ['publish'], 'publish'],
    ['colour', ['name', 'base'], undefined],
    ['', ['name'], undefined],
  ])('takes %j for the nearest of %j', (word, known, found) => {
    expect(nearest(word, known)).toBe(found);
  });

  it('finds every word again that is known, and one with a letter missing', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      minLength: 3,
      maxLength: 20,
    });
    fc.assert(
      fc.property(word, fc.nat(), (known, at) => {
        const cut = at % known.length;
        expect(nearest(known, ['zzzzzz', known])).toBe(known);
        expect(nearest(known.slice(0, cut) + known.slice(cut + 1), ['zzzzzz', known])).toBe(known);
      }),
    );
  });
});

describe(didYouMean, () => {
  it('says nothing when nothing is near', () => {
    expect(didYouMean('nam', ['name'])).toBe(' (did you mean name?)');
    expect(didYouMean('nam', ['publish'])).toBe('');
  });
});
