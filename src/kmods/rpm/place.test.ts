import { describe, expect, it } from 'vitest';
import { readRpm } from '../../package/rpm.ts';
import { anRpm, type RpmBuild } from '../../package/testing/rpm-builder.ts';
import { identityOf, placeRpm } from './place.ts';

const KERNEL = '7.1.4-204.fc44.x86_64';
const MODULE = { [`/lib/modules/${KERNEL}/extra/zfs/zfs.ko.xz`]: 'module' };

const placed = (build: RpmBuild) => placeRpm(readRpm(anRpm(build)), build.isSource);

describe('placeRpm', () => {
  it.each([
    ['/', { name: `kmod-zfs-${KERNEL}`, files: MODULE }],
    ['/', { name: 'kmod-with-a-devel-in-its-name', files: MODULE }],
    ['/', { name: 'zfs' }],
    ['/', { name: 'libzpool6' }],
    ['devel', { name: 'libzfs6-devel' }],
    ['devel', { name: 'kmod-zfs-devel' }],
    [
      'devel',
      {
        name: `kmod-zfs-devel-${KERNEL}`,
        provides: [`kernel-objects-for-kernel = ${KERNEL}`],
      },
    ],
    ['debug', { name: 'zfs-debuginfo' }],
    ['debug', { name: 'zfs-kmod-debugsource' }],
    ['other', { name: 'zfs-test' }],
    ['other', { name: 'zfs-dracut' }],
    ['other', { name: 'python3-pyzfs' }],
    ['src', { name: 'zfs-kmod', isSource: true }],
  ] satisfies [string, RpmBuild][])('puts into %s: %j', (folder, build) => {
    expect(placed(build)).toBe(folder);
  });
});

describe('identityOf', () => {
  it('tells the kernel by what the package holds', () => {
    const facts = readRpm(anRpm({ name: 'kmod-zfs-6.1.1', version: '2.4.4', files: MODULE }));

    expect(identityOf(facts)).toEqual({
      name: 'kmod-zfs-6.1.1',
      version: '2.4.4-1',
      architecture: 'x86_64',
      kernel: KERNEL,
    });
  });
});
