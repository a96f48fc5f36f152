import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOk } from '../system/process.ts';
import { compareEvr } from './evr.ts';

const word = fc
  .array(fc.constantFrom('0', '1', '2', '9', '10', '01', 'a', 'b', 'rc', '.', '_', '+', '~', '^'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const evr = fc
  .tuple(fc.constantFrom('', '0:', '1:', '12:'), word, word)
  .map(([epoch, version, release]) => `${epoch}${version}-${release}`);

/** What rpm itself says of each pair: -1, 0 or 1. */
async function byRpm(pairs: readonly (readonly [string, string])[]): Promise<number[]> {
  const calls = pairs.map(([a, b]) => `print(rpm.vercmp("${a}", "${b}") .. " ")`);
  const { stdout } = await runOk('rpm', ['--eval', `%{lua: ${calls.join('; ')}}`]);
  return stdout.trim().split(/\s+/).map(Number);
}

describe(compareEvr, () => {
  it('puts an epoch before everything, and a release after its version', () => {
    expect(compareEvr('1:1.0-1', '2.0-1')).toBeGreaterThan(0);
    expect(compareEvr('0:2.0-1', '2.0-1')).toBe(0);
    expect(compareEvr('2.0-10.fc44', '2.0-9.fc44')).toBeGreaterThan(0);
    expect(compareEvr('2.0~rc1-1', '2.0-1')).toBeLessThan(0);
  });

  it('orders as rpm does', async () => {
    const pairs = fc.sample(fc.tuple(evr, evr), 500);

    const ours = pairs.map(([a, b]) => Math.sign(compareEvr(a, b)));

    const theirs = await byRpm(pairs);
    const wrong = pairs.filter((_, at) => ours[at] !== theirs[at]);
    expect(theirs.length).toBe(pairs.length);
    expect(wrong).toEqual([]);
  });
});
