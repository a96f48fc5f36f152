import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSymvers } from './image/symvers.ts';
import { readModulesAlias, readModulesDep } from './index/module-lists.ts';
import { mayUseGplSymbols } from './module/license.ts';
import { readModinfo } from './module/modinfo.ts';
import { releaseOfVermagic, sameMagic } from './module/vermagic.ts';
import { readKernelConfig } from './version/config.ts';
import { loaderRules } from './version/loader.ts';
import { compareReleases, isAtLeast, versionOfRelease } from './version/release.ts';

describe('readSymvers', () => {
  it('reads CRC, owner, licence and namespace', () => {
    const text =
      '0x12345678\tkmalloc\tvmlinux\tEXPORT_SYMBOL\t\n' +
      '0xfedcba98\tnvme_x\tdrivers/nvme/host/nvme-core\tEXPORT_SYMBOL_GPL\tNVME\n' +
      '0x00000000\told\tvmlinux\tEXPORT_SYMBOL_GPL\n' +
      'rubbish\n';

    expect(readSymvers(text)).toEqual([
      { name: 'kmalloc', crc: 0x12345678, owner: 'vmlinux', gplOnly: false, namespace: '' },
      { name: 'nvme_x', crc: 0xfedcba98, owner: 'nvme_core', gplOnly: true, namespace: 'NVME' },
      { name: 'old', crc: undefined, owner: 'vmlinux', gplOnly: true, namespace: '' },
    ]);
  });
});

describe('sameMagic', () => {
  const rest = ' SMP preempt mod_unload modversions ';

  it('leaves the release out only when there are versions of symbols', () => {
    expect(sameMagic(`6.1.0${rest}`, `6.1.0${rest}`, false)).toBe(true);
    expect(sameMagic(`6.1.1${rest}`, `6.1.0${rest}`, false)).toBe(false);
    expect(sameMagic(`6.1.1${rest}`, `6.1.0${rest}`, true)).toBe(true);
    expect(sameMagic('6.1.0 SMP ', `6.1.0${rest}`, true)).toBe(false);
  });

  it('takes the release from the first word', () => {
    expect(releaseOfVermagic(`6.1.0-1-amd64${rest}`)).toBe('6.1.0-1-amd64');
    expect(releaseOfVermagic('alone')).toBe('alone');
  });
});

describe('mayUseGplSymbols', () => {
  it.each([
    ['GPL', true],
    ['GPL v2', true],
    ['GPL and additional rights', true],
    ['Dual BSD/GPL', true],
    ['Dual MIT/GPL', true],
    ['Dual MPL/GPL', true],
    ['GPLv2', false],
    ['GPL v2 ', false],
    ['CDDL', false],
    [undefined, false],
  ])('says of %s: %s', (license, allowed) => {
    expect(mayUseGplSymbols(license, 'sample')).toBe(allowed);
  });

  it('does not believe some modules', () => {
    expect(mayUseGplSymbols('GPL', 'driverloader')).toBe(false);
  });
});

describe('compareReleases', () => {
  it.each([
    ['6.9.0', '6.10.0'],
    ['6.19.14', '7.0.4'],
    ['7.1.4-200.fc43.x86_64', '7.1.4-204.fc44.x86_64'],
    ['6.12.0~rc1', '6.12.0'],
    ['6.12.0', '6.12.0^git1'],
    ['6.1.0-47-amd64', '6.1.0-50-amd64'],
  ])('puts %s before %s', (earlier, later) => {
    expect(compareReleases(earlier, later)).toBeLessThan(0);
    expect(compareReleases(later, earlier)).toBeGreaterThan(0);
    expect(compareReleases(later, later)).toBe(0);
  });

  it('is an order', () => {
    const release = fc.stringMatching(/^[0-9a-z.~^+-]{0,8}$/);
    fc.assert(
      fc.property(release, release, (a, b) => {
        expect(Math.sign(compareReleases(a, b))).toBe(-Math.sign(compareReleases(b, a)) + 0);
      }),
    );
  });
});

describe('versionOfRelease', () => {
  it('reads the numbers that a release begins with', () => {
    expect(versionOfRelease('6.12.95+deb12-amd64')).toEqual({ major: 6, minor: 12, patch: 95 });
    expect(versionOfRelease('7.2-rc1')).toEqual({ major: 7, minor: 2, patch: 0 });
    expect(versionOfRelease('custom')).toBeUndefined();
    expect(isAtLeast('6.10.0', 6, 9)).toBe(true);
    expect(isAtLeast('custom', 6, 9)).toBe(false);
  });
});

describe('loaderRules', () => {
  it('goes by release and configuration', () => {
    const config = readKernelConfig(
      'CONFIG_MODVERSIONS=y\n# CONFIG_MODULE_FORCE_LOAD is not set\n',
    );

    expect(loaderRules('6.1.0', config)).toMatchObject({
      checksModuleSize: false,
      modversions: true,
      forceLoad: false,
    });
    expect(loaderRules('7.1.0', undefined)).toMatchObject({
      checksModuleSize: true,
      readsExportFlags: true,
      readsExtendedVersions: true,
    });
  });

  it('knows extended versions that a distribution took early', () => {
    const config = readKernelConfig('CONFIG_EXTENDED_MODVERSIONS=y\n');

    expect(loaderRules('6.12.0-1.el10', config).readsExtendedVersions).toBe(true);
  });
});

describe('readKernelConfig', () => {
  it('reads values without their quotes', () => {
    const config = readKernelConfig('CONFIG_A=y\nCONFIG_B="a b"\n# CONFIG_C is not set\nX=1\n');

    expect([...config]).toEqual([
      ['CONFIG_A', 'y'],
      ['CONFIG_B', 'a b'],
    ]);
  });
});

describe('readModinfo', () => {
  it('reads pairs between NUL bytes, whatever their number', () => {
    const info = readModinfo(Buffer.from('\0a=1\0\0b=x=y\0a=2\0alone'));

    expect(info.entries).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['a', '2'],
      ['alone', ''],
    ]);
    expect(info.get('a')).toBe('1');
    expect(info.getAll('a')).toEqual(['1', '2']);
  });
});

describe('readModulesDep and readModulesAlias', () => {
  it('read the lists of depmod', () => {
    expect([...readModulesDep('a/b.ko: c.ko d.ko\ne.ko:\n')]).toEqual([
      ['a/b.ko', ['c.ko', 'd.ko']],
      ['e.ko', []],
    ]);
    expect(readModulesAlias('# comment\nalias pci:v* tun\nother line\n')).toEqual([
      { pattern: 'pci:v*', module: 'tun' },
    ]);
  });
});
