import { describe, expect, it } from 'vitest';
import { tryInput } from './testing/fuzz.ts';

const INPUTS = 4000;

/** `node scripts/fuzz.ts` tries a million. */
describe('tryInput', () => {
  it(`finds no reader that fails, in ${INPUTS} inputs`, () => {
    const seeds = Array.from({ length: INPUTS }, (_, index) => index + 1);

    expect(seeds.flatMap((seed) => tryInput(seed, []) ?? [])).toEqual([]);
  });
});
