import { describe, expect, it } from 'vitest';
import { openFlistFuzzer } from './testing/fuzz.ts';

const INPUTS = 500;

/** `node scripts/fuzz.ts --of flists` tries a hundred thousand. */
describe('damaged manifests and blocks', () => {
  it(`are findings and nothing worse, in ${INPUTS} inputs`, async () => {
    await using fuzzer = await openFlistFuzzer();

    const faults = [];
    for (let seed = 1; seed <= INPUTS; seed++) faults.push(await fuzzer.try(seed));

    expect(faults.filter((fault) => fault != null)).toEqual([]);
  });
});
