import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, lineOf, tagOfVersion, versionOfTag } from './version.ts';

const part = fc.nat(300);
const version = fc.tuple(part, part, part).map((parts) => parts.join('.'));

describe(versionOfTag, () => {
  it('takes every plain version but branch points, and gives it back', () => {
    fc.assert(
      fc.property(version, (text) => {
        const expected = text.endsWith('.99') ? undefined : text;

        expect(versionOfTag(tagOfVersion(text))).toBe(expected);
      }),
    );
  });

  it.each([
    'zfs-2.4.0-rc1',
    'zfs-2.4.99',
    'zfs-2.4',
    'zfs-2.4.4.1',
    'zfs-02.4.4',
    'zfs-2.4.4 ',
    'zfs-2.4.4\n',
    'xzfs-2.4.4',
    'spl-0.7.9',
    'zfs-2.4.4-staging',
    'ZFS-2.4.4',
    'zfs-99999.4.4',
    '2.4.4',
    'zfs--2.4.4',
    'zfs-2.4.٤',
    '',
  ])('takes %j for no release', (tag) => {
    expect(versionOfTag(tag)).toBeUndefined();
  });

  it('takes nothing that only begins or ends like one', () => {
    fc.assert(
      fc.property(version, fc.string({ minLength: 1 }), (text, other) => {
        const found = [versionOfTag(`zfs-${text}${other}`), versionOfTag(`${other}zfs-${text}`)];

        expect(found[0] === undefined || /^\d+$/.test(other)).toBe(true);
        expect(found[1]).toBeUndefined();
      }),
    );
  });
});

describe(compareVersions, () => {
  it('orders as numbers do, part by part', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part, part)), (all) => {
        const byNumber = [...all].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);

        const sorted = all.map((parts) => parts.join('.')).sort(compareVersions);

        expect(sorted).toEqual(byNumber.map((parts) => parts.join('.')));
      }),
    );
  });

  it('puts 2.4.10 after 2.4.9', () => {
    expect(compareVersions('2.4.10', '2.4.9')).toBeGreaterThan(0);
    expect(compareVersions('2.1.11', '2.1.11-1+deb12u1')).toBe(0);
    expect(compareVersions('2.1.12', '2.1.11-1+deb12u1')).toBeGreaterThan(0);
    expect(lineOf('2.10.3')).toBe('2.10');
  });
});
