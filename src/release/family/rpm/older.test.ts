import { describe, expect, it } from 'vitest';
import { olderThanStable } from './older.ts';

const COMMITS = ['1.4+git5d5f2d5', '1.5+git0e3c2b6', '5d5f2d5c1f0e3c2b6a7988f1e2d3c4b5a6978801'];
const [older = '', newer = '', bare = ''] = COMMITS;

describe(olderThanStable, () => {
  it.each([
    ['kmods', '2.3.9', '2.3.10'],
    ['openzfs', '2.3.9', '2.4.0'],
    ['dkms', '1.2.2-2.1', '1.2.2-2.2'],
    ['git', older, newer],
  ] as const)(
    'warns of a module of kind %s that goes from the newer to the older',
    (kind, is, was) => {
      const modules = [{ name: 'zfs', kind, version: is }];

      expect(olderThanStable(modules, { zfs: was })).toMatchObject([
        { rule: 'older-than-stable', severity: 'warning', expected: was, found: is },
      ]);
      expect(olderThanStable([{ name: 'zfs', kind, version: was }], { zfs: is })).toEqual([]);
      expect(olderThanStable(modules, { zfs: is })).toEqual([]);
    },
  );

  it('says nothing of a module that stable has not, nor of commits that tell no version', () => {
    expect(olderThanStable([{ name: 'zfs', kind: 'kmods', version: '2.3.9' }], {})).toEqual([]);
    expect(olderThanStable([{ name: 'x', kind: 'git', version: bare }], { x: newer })).toEqual([]);
  });
});
