import { describe, expect, it } from 'vitest';
import { globMatcher, isLiteral, literalPrefix } from './path-glob.ts';

describe('globMatcher', () => {
  it.each([
    ['*.ko', 'usr/lib/modules/6.1/zfs.ko', true],
    ['*.ko', 'zfs.ko', true],
    ['*.ko', 'zfs.ko.xz', false],
    ['/boot/*', 'boot/vmlinuz', true],
    ['boot/*', 'boot/a/b', false],
    ['boot/**', 'boot/a/b', true],
    ['**/zfs.ko', 'zfs.ko', true],
    ['usr/**/zfs.ko', 'usr/lib/modules/6.1/extra/zfs.ko', true],
    ['usr/lib/{modules,firmware}/*', 'usr/lib/firmware/x', true],
    ['usr/lib/{modules,firmware}/*', 'usr/lib/other/x', false],
    ['a?[0-9]', 'ab7', true],
    ['a[!0-9]', 'a7', false],
    ['a[^0-9]', 'ax', true],
    ['c++.so', 'usr/c++.so', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a,b', 'a,b', true],
  ])('of %j for %j is %j', (pattern, path, wanted) => {
    expect(globMatcher(pattern)(path)).toBe(wanted);
  });

  it.each(['[ab', '{a,b'])('refuses %j', (pattern) => {
    expect(() => globMatcher(pattern)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('literalPrefix', () => {
  it.each([
    ['usr/lib/*.so', 'usr/lib'],
    ['/lib/modules/*/extra/*', 'lib/modules'],
    ['*.so', ''],
    ['etc/passwd', 'etc'],
  ])('of %j is %j', (pattern, wanted) => {
    expect(literalPrefix(pattern)).toBe(wanted);
  });

  it('goes with isLiteral', () => {
    expect([isLiteral('etc/passwd'), isLiteral('etc/*')]).toEqual([true, false]);
  });
});
