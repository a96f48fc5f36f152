import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDebianVersions } from './version.ts';

const part = fc.stringMatching(/^[0-9][a-z0-9.+~]{0,6}$/);
const version = fc
  .tuple(fc.option(fc.nat(3)), part, fc.option(fc.stringMatching(/^[a-z0-9.+~]{1,5}$/)))
  .map(([epoch, upstream, revision]) =>
    [epoch == null ? '' : `${epoch}:`, upstream, revision == null ? '' : `-${revision}`].join(''),
  );

describe(compareDebianVersions, () => {
  it.each([
    ['2.1.11-1+deb12u1', '2.3.2-2~bpo12+2', -1],
    ['2.3.2-2~bpo12+2', '2.3.2-2', -1],
    ['1:1.0', '2.0', 1],
    ['1.0', '1.0-0', 0],
    ['6.1.176-1', '6.1.90-1', 1],
  ])('orders %s and %s', (a, b, order) => {
    expect(Math.sign(compareDebianVersions(a, b))).toBe(order);
    expect(Math.sign(compareDebianVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });

  it('agrees with dpkg', (test) => {
    if (spawnSync('dpkg', ['--version']).error) test.skip('dpkg is not installed');
    const pairs = fc.sample(fc.tuple(version, version), 60);
    const script =
      'while read -r a b; do dpkg --compare-versions "$a" lt "$b" && echo lt && continue; dpkg --compare-versions "$a" eq "$b" && echo eq || echo gt; done';

    const { stdout } = spawnSync('/bin/sh', ['-c', script], {
      input: pairs.map(([a, b]) => `${a} ${b}\n`).join(''),
      encoding: 'utf8',
    });

    const words = { '-1': 'lt', '0': 'eq', '1': 'gt' };
    const ours = pairs.map(
      ([a, b]) => words[`${Math.sign(compareDebianVersions(a, b)) as -1 | 0 | 1}`],
    );
    expect(pairs.map((pair, index) => [...pair, ours[index]])).toEqual(
      pairs.map((pair, index) => [...pair, stdout.split('\n')[index]]),
    );
  });
});
