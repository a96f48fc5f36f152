import { describe, expect, it } from 'vitest';
import { baseSuiteOf, isBackports, suiteFamily } from './suites.ts';

describe(suiteFamily, () => {
  it.each([
    ['bookworm', ['bookworm', 'bookworm-updates', 'bookworm-security']],
    [
      'bookworm-backports',
      ['bookworm', 'bookworm-updates', 'bookworm-security', 'bookworm-backports'],
    ],
    ['sid', ['sid']],
    ['experimental', ['sid', 'experimental']],
    ['bookworm-security', ['bookworm', 'bookworm-updates', 'bookworm-security']],
  ])('gives %s what belongs to it', (suite, family) => {
    expect(suiteFamily(suite).map((choice) => choice.suite)).toEqual(family);
  });
});

describe(isBackports, () => {
  it('knows both kinds of backports', () => {
    expect(['a-backports', 'a-backports-sloppy', 'a'].map(isBackports)).toEqual([
      true,
      true,
      false,
    ]);
    expect(baseSuiteOf('a-backports-sloppy')).toBe('a');
  });
});
