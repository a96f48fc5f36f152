import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aTree } from '../../file/testing/tree-builder.ts';
import { checkPackage } from '../../package/check-package.ts';
import type { PackageFacts } from '../../package/package-facts.ts';
import { packageGate } from './gate.ts';

const KERNEL = '7.1.4-204.fc44.x86_64';

function anRpm(facts: Partial<PackageFacts> = {}): PackageFacts {
  return {
    format: 'rpm',
    name: `kmod-zfs-${KERNEL}`,
    version: '2.4.4-1.fc44',
    architecture: 'x86_64',
    requires: [{ name: 'kernel-uname-r', relation: '=', version: KERNEL }],
    provides: [],
    scripts: [`depmod -a ${KERNEL}`],
    files: [{ path: `lib/modules/${KERNEL}/extra/zfs/zfs.ko.xz` }],
    ...facts,
  };
}

const rules = (facts: PackageFacts) =>
  checkPackage(facts).map(({ rule, severity }) => `${severity} ${rule}`);

describe('checkPackage', () => {
  it('passes a package that is for exactly one kernel and says so', () => {
    expect(rules(anRpm())).toEqual([]);
    expect(
      rules(
        anRpm({
          format: 'deb',
          name: `zfs-modules-${KERNEL}`,
          requires: [{ name: `linux-image-${KERNEL}`, relation: '=', version: '1' }],
        }),
      ),
    ).toEqual([]);
  });

  it('misses the requirement that OpenZFS 2.2 and later leave out, and tells the recipe', () => {
    const [finding] = checkPackage(anRpm({ requires: [{ name: 'zfs-kmod-common' }] }));

    expect(finding).toMatchObject({
      rule: 'package-kernel',
      severity: 'error',
      expected: `Requires: kernel-uname-r = ${KERNEL}`,
      found: 'none',
    });
    expect(finding?.hint).toContain('kernel-devel only');
  });

  it.each([
    [
      'a requirement of another kernel',
      { requires: [{ name: 'kernel-uname-r', relation: '=', version: '7.1.3' }] },
      'error package-kernel',
    ],
    [
      'a requirement of any newer kernel',
      { requires: [{ name: 'kernel-uname-r', relation: '>=', version: KERNEL }] },
      'error package-kernel',
    ],
    [
      'the name of another kernel',
      { name: 'kmod-zfs-7.1.3-200.fc44.x86_64' },
      'error package-name',
    ],
    ['no modules', { files: [] }, 'error package-empty'],
    [
      'modules for two kernels',
      { files: [{ path: 'lib/modules/a/x.ko' }, { path: 'lib/modules/b/x.ko' }] },
      'error package-kernel',
    ],
    ['no depmod', { scripts: [] }, 'warning package-scripts'],
    [
      'a depmod that no image build runs',
      { scripts: [`[ "$(uname -r)" = "${KERNEL}" ] && depmod -a`] },
      'warning package-scripts',
    ],
  ] as [string, Partial<PackageFacts>, string][])('sees %s', (_, facts, rule) => {
    expect(rules(anRpm(facts))).toEqual([rule]);
  });
});

describe('packageGate', () => {
  const name = `zfs-modules-${KERNEL}`;
  const path = `usr/lib/modules/${KERNEL}/updates/zfs.ko`;
  const image = {
    [path]: 'the module',
    'var/lib/dpkg/status': `Package: ${name}\nStatus: install ok installed\nVersion: 1\nDepends: linux-image-${KERNEL} (= 1), kmod\n`,
    [`var/lib/dpkg/info/${name}.list`]: `/.\n/${path}\n`,
    [`var/lib/dpkg/info/${name}.md5sums`]: `${createHash('md5').update('the module').digest('hex')}  ${path}\n`,
    [`var/lib/dpkg/info/${name}.postinst`]: `#!/bin/sh\ndepmod -a ${KERNEL}\n`,
  };
  const found = async (files: Record<string, string>) =>
    (await packageGate(aTree(files), [name])).map(({ rule }) => rule);

  it('passes an image that holds what the package brought', async () => {
    expect(await found(image)).toEqual([]);
  });

  it('sees a module that is not what the package brought, and one that is gone', async () => {
    const { [path]: _, ...without } = image;

    expect(await found({ ...image, [path]: 'another' })).toEqual(['package-digest']);
    expect(await found(without as Record<string, string>)).toEqual(['package-digest']);
  });

  it.each([
    ['usr/share/rpm/Packages', 'BerkeleyDB'],
    ['usr/lib/sysimage/rpm/Packages.db', 'ndb'],
  ])('names an rpm database that it cannot read: %s', async (database, format) => {
    await expect(found({ [database]: 'x' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(format),
      hint: expect.stringContaining('rebuilddb'),
    });
  });

  it('misses a package', async () => {
    expect(await found({})).toEqual(['package-missing']);
  });
});
