import { describe, expect, it } from 'vitest';
import { aPinnedPackage } from '../testing/pinned-package.ts';
import { packageSet, unionOfSets } from './package-set.ts';

describe(packageSet, () => {
  it('is the same whatever the order and the place in the archive', () => {
    const [a, b] = [aPinnedPackage({ name: 'a' }), aPinnedPackage({ name: 'b' })];
    const moved = { ...a, archive: 'debian-security', filename: 'pool/updates/a.deb' } as const;

    expect(packageSet([b, moved]).digest).toBe(packageSet([a, b]).digest);
    expect(packageSet([b, a]).packages.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('differs when a version or content does', () => {
    const one = packageSet([aPinnedPackage()]).digest;

    expect(packageSet([aPinnedPackage({ version: '2' })]).digest).not.toBe(one);
    expect(packageSet([aPinnedPackage({ sha256: 'b'.repeat(64) })]).digest).not.toBe(one);
  });
});

describe(unionOfSets, () => {
  it('holds each file once', () => {
    const a = packageSet([aPinnedPackage({ name: 'a', sha256: 'a'.repeat(64) })]);
    const b = packageSet([...a.packages, aPinnedPackage({ name: 'b', sha256: 'b'.repeat(64) })]);

    expect(unionOfSets(a, b)).toEqual(b);
  });
});
