import { describe, expect, it } from 'vitest';
import { packageSet } from '../apt/package-set.ts';
import { aPinnedPackage } from '../testing/pinned-package.ts';
import { checkInstalled } from './installed.ts';

const set = packageSet([
  aPinnedPackage({ name: 'a' }),
  aPinnedPackage({ name: 'b', version: '2' }),
]);

function status(...packages: { name: string; version: string; state?: string }[]): string {
  return packages
    .map(
      ({ name, version, state = 'install ok installed' }) =>
        `Package: ${name}\nStatus: ${state}\nArchitecture: amd64\nVersion: ${version}\n`,
    )
    .join('\n');
}

describe(checkInstalled, () => {
  it('accepts exactly the pinned packages', () => {
    checkInstalled(set, status({ name: 'b', version: '2' }, { name: 'a', version: '1.0' }));
  });

  it.each([
    ['one that is not there', [{ name: 'a', version: '1.0' }], 'missing b 2 amd64'],
    [
      'another version',
      [
        { name: 'a', version: '1.1' },
        { name: 'b', version: '2' },
      ],
      'unasked a 1.1 amd64',
    ],
    [
      'one that was not configured',
      [
        { name: 'a', version: '1.0', state: 'install ok half-configured' },
        { name: 'b', version: '2' },
      ],
      'a 1.0 amd64 (unconfigured)',
    ],
  ])('refuses %s', (_, packages, words) => {
    expect(() => checkInstalled(set, status(...packages))).toThrow(words);
  });
});
