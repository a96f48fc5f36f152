import { describe, expect, it } from 'vitest';
import { readElf } from '../elf/elf.ts';
import { aKernelModule, MODULE_LAYOUT, MODULE_SIZE } from '../testing/module-builder.ts';
import { modinfoValue, modinfoValues, readModule } from './module.ts';

describe('readModule', () => {
  it('reads what a module imports, with versions', () => {
    const module = readModule(
      readElf(aKernelModule({ imports: { kmalloc: 7, kfree: null }, weak: ['kfree'] })),
    );

    expect(module.imports).toEqual([
      { name: 'kmalloc', weak: false },
      { name: 'kfree', weak: true },
    ]);
    expect([...(module.versions ?? [])]).toEqual([
      ['module_layout', MODULE_LAYOUT],
      ['kmalloc', 7],
    ]);
  });

  it.each([[false], [true]])('reads what a module exports (flags beside: %s)', (exportFlags) => {
    const exports = [
      { name: 'open', crc: 1, gplOnly: false, namespace: '' },
      { name: 'gpl', crc: 0xfedcba98, gplOnly: true, namespace: 'NS' },
    ];

    const module = readModule(readElf(aKernelModule({ name: 'mine', exports, exportFlags })));

    expect(module.exports).toEqual(exports.map((given) => ({ ...given, owner: 'mine' })));
    expect(module.exportTables).toEqual({ symbols: true, versions: true, flags: exportFlags });
  });

  it('hides GPL-only from a kernel that looks for flags where a module has none', () => {
    const elf = readElf(aKernelModule({ exports: [{ name: 'gpl', crc: 1, gplOnly: true }] }));

    expect(readModule(elf, { flags: true }).exports).toEqual([]);
  });

  it('reads extended versions, and tells when there are fewer names than CRCs', () => {
    const long = 'a'.repeat(100);
    const whole = readModule(readElf(aKernelModule({ extendedVersions: { [long]: 5 } })));

    expect([...(whole.extendedVersions?.versions ?? [])]).toEqual([[long, 5]]);
    expect(whole.extendedVersions?.complete).toBe(true);
    expect(whole.halfExtended).toBe(false);
  });

  it('reads the size of struct module, the name in it, and .modinfo', () => {
    const module = readModule(
      readElf(aKernelModule({ name: 'zfs', modinfo: { alias: ['a', 'b'], version: '2.3' } })),
    );

    expect(module).toMatchObject({ name: 'zfs', isNamed: true, thisModule: { size: MODULE_SIZE } });
    expect(modinfoValue(module, 'version')).toBe('2.3');
    expect(modinfoValues(module, 'alias')).toEqual(['a', 'b']);
    expect(modinfoValue(module, 'absent')).toBeUndefined();
  });
});
