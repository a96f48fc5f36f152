import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTag } from '../../oci/reference.ts';
import { branchSlug } from './slug.ts';

const SHAPE = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

describe('branchSlug', () => {
  it('leaves plain names as they are', () => {
    for (const name of ['next', 'fix-1.2_x', '44', 'a'.repeat(64)]) {
      expect(branchSlug(name)).toBe(name);
    }
  });

  it('stays the same over time', () => {
    expect(branchSlug('feature/ZFS-2.4')).toBe('feature-zfs-2-4-4e3f05b95f');
    expect(branchSlug('🎉')).toBe('00c8ddfd70');
  });

  it.each([
    ['slashes', 'renovate/zfs/2.x'],
    ['capitals', 'Main'],
    ['an emoji', 'release-🎉'],
    ['an emoji alone', '🎉'],
    ['dots at the ends', '..next..'],
    ['300 characters', 'long-'.repeat(60)],
    ['nothing in it', ''],
    ['a hash at its end', 'next-0123456789'],
    ['half a character', 'a\ud800'],
  ])('makes a part of a tag of a name with %s', (_, name) => {
    const slug = branchSlug(name);

    expect(slug).toMatch(SHAPE);
    expect(slug.length).toBeLessThanOrEqual(64);
    expect(slug).not.toBe(name);
  });

  it('maps distinct names to distinct parts of valid tags, whatever the names', () => {
    const alike = fc.constantFrom(
      'a',
      'A',
      '-',
      '/',
      '.',
      '_',
      'é',
      '🎉',
      '0',
      'f',
      'a'.repeat(40),
    );
    const close = fc.array(alike, { maxLength: 12 }).map((parts) => parts.join(''));
    const name = fc.oneof(close, fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const slug = branchSlug(one);
        expect(slug).toMatch(SHAPE);
        expect(isTag(`br-${slug}-${'9'.repeat(60)}`)).toBe(true);
        expect(slug === branchSlug(other)).toBe(one === other);
        expect(branchSlug(slug) === slug).toBe(slug === one);
      }),
    );
  });
});
