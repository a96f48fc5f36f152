import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKernelBtf } from '../../kernel/btf/check.ts';
import { readCertificate } from '../../kernel/signature/certificate.ts';
import { readPkcs7 } from '../../kernel/signature/pkcs7.ts';
import { aBtf, info } from '../../kernel/testing/btf-builder.ts';
import { aKernelModule, type ModuleBuild, VERMAGIC } from '../../kernel/testing/module-builder.ts';
import { aCertificate, aSignature, withTrailer } from '../../kernel/testing/signature-builder.ts';
import { loaderRules } from '../../kernel/version/loader.ts';
import { checkModules, type ModuleReport } from './check-modules.ts';
import { identityOf, inspectModule } from './module/inspect.ts';
import { aKernel, type KernelBuild } from './testing/kernel-builder.ts';

function check(module: ModuleBuild | Uint8Array, kernel: KernelBuild = {}): ModuleReport {
  const [report] = checkAll([module], kernel);
  if (!report) throw new Error('no report');
  return report;
}

function checkAll(
  modules: (ModuleBuild | Uint8Array)[],
  build: KernelBuild = {},
  loaded: ModuleBuild[] = [],
): ModuleReport[] {
  const kernel = aKernel(build);
  const inspect = (module: ModuleBuild | Uint8Array) => {
    const bytes = module instanceof Uint8Array ? module : aKernelModule(module);
    const name = module instanceof Uint8Array ? 'sample' : (module.name ?? 'sample');
    return inspectModule({ file: `${name}.ko`, content: bytes }, kernel);
  };
  return checkModules(modules.map(inspect), kernel, loaded.map(inspect));
}

function errors(report: ModuleReport): string[] {
  return report.findings.filter(({ effect }) => effect !== 'note').map(({ rule }) => rule);
}

/** A typedef whose name is beyond all strings. */
const A_TYPEDEF = aBtf({ isSplit: true, types: [999, info(8), 1] });
const { btf } = loaderRules('6.12.1-test', undefined);
const TYPED = { loader: { judgesBtf: true }, btf: readKernelBtf(aBtf(), btf) };

const DOES_NOT_LOAD = { loads: false, verdict: 'fail' };
const LOADS_UNSAFELY = { loads: true, verdict: 'fail' };
const PASSES = { loads: true, verdict: 'pass' };

describe('checkModules', () => {
  it('lets a module pass that fits', () => {
    const report = check({ imports: { kmalloc: 7 } }, { exports: [{ name: 'kmalloc', crc: 7 }] });

    expect(report).toMatchObject({ ...PASSES, name: 'sample', file: 'sample.ko' });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['taint']);
  });

  it.each<[string, ModuleBuild, KernelBuild, object, string[]]>([
    [
      'a symbol that nothing exports',
      { imports: { gone: 1 } },
      {},
      DOES_NOT_LOAD,
      ['unknown-symbol'],
    ],
    [
      'a weak symbol that nothing exports',
      { imports: { gone: 1 }, weak: ['gone'] },
      {},
      PASSES,
      [],
    ],
    [
      'a symbol of another version',
      { imports: { kmalloc: 7 } },
      { exports: [{ name: 'kmalloc', crc: 8 }] },
      DOES_NOT_LOAD,
      ['symbol-version'],
    ],
    [
      'a weak symbol of another version',
      { imports: { kmalloc: 7 }, weak: ['kmalloc'] },
      { exports: [{ name: 'kmalloc', crc: 8 }] },
      DOES_NOT_LOAD,
      ['symbol-version'],
    ],
    [
      'a symbol without a version',
      { imports: { kmalloc: null } },
      { exports: [{ name: 'kmalloc', crc: 8 }] },
      DOES_NOT_LOAD,
      ['symbol-version'],
    ],
    [
      'an exporter without versions',
      { imports: { kmalloc: 7 } },
      { exports: [{ name: 'kmalloc', crc: undefined }] },
      PASSES,
      [],
    ],
    [
      'another version where versions are not compared',
      { imports: { kmalloc: 7 } },
      { exports: [{ name: 'kmalloc', crc: 8 }], loader: { modversions: false } },
      PASSES,
      [],
    ],
    [
      'another module_layout',
      { versions: { module_layout: 1 } },
      {},
      DOES_NOT_LOAD,
      ['module-layout'],
    ],
    ['no versions', { versions: null }, {}, DOES_NOT_LOAD, ['missing-versions']],
    [
      'no versions where force is allowed',
      { versions: null },
      { loader: { forceLoad: true } },
      LOADS_UNSAFELY,
      ['missing-versions'],
    ],
    [
      'a GPL-only symbol without the licence',
      { imports: { kmalloc: 1 }, modinfo: { license: 'CDDL' } },
      { exports: [{ name: 'kmalloc', gplOnly: true }] },
      DOES_NOT_LOAD,
      ['gpl-only'],
    ],
    [
      'a GPL-only symbol with a licence that only sounds right',
      { imports: { kmalloc: 1 }, modinfo: { license: 'GPL v3' } },
      { exports: [{ name: 'kmalloc', gplOnly: true }] },
      DOES_NOT_LOAD,
      ['gpl-only'],
    ],
    [
      'a GPL-only symbol with a double licence',
      { imports: { kmalloc: 1 }, modinfo: { license: 'Dual BSD/GPL' } },
      { exports: [{ name: 'kmalloc', gplOnly: true }] },
      PASSES,
      [],
    ],
    [
      'a namespace that is not imported',
      { imports: { kmalloc: 1 } },
      { exports: [{ name: 'kmalloc', namespace: 'MEM' }] },
      DOES_NOT_LOAD,
      ['namespace'],
    ],
    [
      'a namespace that is imported',
      { imports: { kmalloc: 1 }, modinfo: { import_ns: ['OTHER', 'MEM'] } },
      { exports: [{ name: 'kmalloc', namespace: 'MEM' }] },
      PASSES,
      [],
    ],
    [
      'a namespace for named modules, and it is one of them',
      { name: 'kvm_intel', imports: { kmalloc: 1 } },
      {
        exports: [{ name: 'kmalloc', namespace: 'module:kvm,kvm-*' }],
        loader: { knowsModuleNamespaces: true },
      },
      PASSES,
      [],
    ],
    [
      'a namespace for named modules, and it is none of them',
      { name: 'kvmx', imports: { kmalloc: 1 } },
      {
        exports: [{ name: 'kmalloc', namespace: 'module:kvm,kvm-*' }],
        loader: { knowsModuleNamespaces: true },
      },
      DOES_NOT_LOAD,
      ['namespace'],
    ],
    [
      'an import of a namespace for named modules',
      { modinfo: { import_ns: 'module:kvm' } },
      { loader: { knowsModuleNamespaces: true } },
      DOES_NOT_LOAD,
      ['namespace'],
    ],
    ['another struct module', { size: 896 }, {}, DOES_NOT_LOAD, ['this-module']],
    [
      'another struct module before Linux 6.4',
      { size: 896, modinfo: { vermagic: VERMAGIC.replace('6.12.1-test', '6.1.0') } },
      { release: '6.1.0' },
      LOADS_UNSAFELY,
      ['this-module'],
    ],
    [
      'another flavour of vermagic',
      { modinfo: { vermagic: '6.12.1-test SMP mod_unload modversions ' } },
      {},
      DOES_NOT_LOAD,
      ['vermagic'],
    ],
    [
      'another release where versions are compared',
      { modinfo: { vermagic: VERMAGIC.replace('6.12.1', '6.12.2') } },
      {},
      PASSES,
      [],
    ],
    [
      'another release where versions are not compared',
      { modinfo: { vermagic: '6.12.2-test SMP ' } },
      { vermagic: '6.12.1-test SMP ', loader: { modversions: false } },
      DOES_NOT_LOAD,
      ['vermagic'],
    ],
    ['no vermagic', { modinfo: { vermagic: null } }, {}, DOES_NOT_LOAD, ['vermagic']],
    [
      'no vermagic where force is allowed',
      { modinfo: { vermagic: null } },
      { loader: { forceLoad: true } },
      LOADS_UNSAFELY,
      ['vermagic'],
    ],
    [
      'a .modinfo that is not to be loaded, before Linux 6.4',
      { modinfoFlags: 0 },
      { loader: { checksModuleSize: false } },
      DOES_NOT_LOAD,
      ['vermagic'],
    ],
    [
      'a .modinfo that is not to be loaded, before Linux 6.4, where force is allowed',
      { modinfoFlags: 0 },
      { loader: { checksModuleSize: false, forceLoad: true } },
      LOADS_UNSAFELY,
      ['vermagic'],
    ],
    ['a .modinfo that is not to be loaded', { modinfoFlags: 0 }, {}, PASSES, []],
    [
      'a live patch without support',
      { modinfo: { livepatch: 'Y' } },
      { loader: { livepatch: false } },
      DOES_NOT_LOAD,
      ['livepatch'],
    ],
    ['another machine', { machine: 183 }, {}, DOES_NOT_LOAD, ['elf']],
    [
      'an export of the kernel',
      { exports: [{ name: 'kmalloc', crc: 1 }] },
      { exports: [{ name: 'kmalloc' }] },
      DOES_NOT_LOAD,
      ['export-clash'],
    ],
    [
      'an export of a module of the kernel',
      { exports: [{ name: 'kmalloc', crc: 1 }] },
      { exports: [{ name: 'kmalloc', owner: 'slab' }], modules: new Map([['slab', 'slab.ko']]) },
      LOADS_UNSAFELY,
      ['export-clash'],
    ],
    [
      'exports without versions',
      { exports: [{ name: 'mine' }] },
      {},
      DOES_NOT_LOAD,
      ['export-versions'],
    ],
    [
      'exports without flags',
      { exports: [{ name: 'mine', crc: 1 }] },
      { loader: { readsExportFlags: true } },
      DOES_NOT_LOAD,
      ['export-flags'],
    ],
    [
      'the name of a part of the kernel',
      { name: 'printk' },
      { builtins: new Set(['printk']) },
      DOES_NOT_LOAD,
      ['name-clash'],
    ],
    [
      'a common symbol',
      { symbols: [{ name: 'x', section: 0xfff2 }] },
      {},
      DOES_NOT_LOAD,
      ['symbol-table'],
    ],
    [
      'a symbol of a section that is not there',
      { symbols: [{ name: 'x', section: 99 }] },
      {},
      DOES_NOT_LOAD,
      ['symbol-table'],
    ],
    [
      'a section written and executed',
      { sections: [{ name: '.bad', flags: 7, content: Buffer.alloc(8) }] },
      {},
      DOES_NOT_LOAD,
      ['elf'],
    ],
    [
      'more than the area for modules',
      { sections: [{ name: '.bss', type: 8, flags: 3, size: 2 ** 40 }] },
      {},
      DOES_NOT_LOAD,
      ['memory'],
    ],
    [
      'no signature where signatures are enforced',
      {},
      { loader: { enforcesSignatures: true } },
      DOES_NOT_LOAD,
      ['signature'],
    ],
    [
      'a need of a module that is not installed',
      { imports: { kmalloc: 1 } },
      { exports: [{ name: 'kmalloc', owner: 'slab' }] },
      DOES_NOT_LOAD,
      ['dependency'],
    ],
    [
      'nothing known of the kernel',
      {},
      { knowsSymbols: false },
      LOADS_UNSAFELY,
      ['symbols-unknown'],
    ],
  ])('judges %s', (_, module, kernel, outcome, rules) => {
    const report = check(module, kernel);

    expect(errors(report)).toEqual(rules);
    expect(report).toMatchObject(outcome);
  });

  it('takes CRCs from extended versions where the kernel does', () => {
    const module = { imports: { kmalloc: 1 }, extendedVersions: { module_layout: 1, kmalloc: 2 } };
    const exports = [{ name: 'kmalloc', crc: 1 }];

    expect(errors(check(module, { exports }))).toEqual([]);
    expect(errors(check(module, { exports, loader: { readsExtendedVersions: true } }))).toEqual([
      'module-layout',
      'symbol-version',
    ]);
  });

  it('names the spelling of namespaces that older kernels do not know', () => {
    const [finding] = check(
      { imports: { kmalloc: 1 }, modinfo: { import_ns: '"MEM"' } },
      { exports: [{ name: 'kmalloc', namespace: 'MEM' }] },
    ).findings;

    expect(finding?.hint).toContain('MODULE_IMPORT_NS(MEM)');
  });

  it('finds what one checked module exports for another, and their order does not matter', () => {
    const provider = { name: 'spl', exports: [{ name: 'spl_panic', crc: 5 }] };
    const consumer = { name: 'zfs', imports: { spl_panic: 5 }, modinfo: { depends: 'spl' } };

    for (const modules of [
      [provider, consumer],
      [consumer, provider],
    ]) {
      expect(checkAll(modules).map(errors)).toEqual([[], []]);
    }
    expect(errors(check(consumer))).toEqual(['unknown-symbol']);
    expect(checkAll([consumer], {}, [provider]).map(errors)).toEqual([[]]);
  });

  it('does not load a module when one that it needs does not', () => {
    const provider = { name: 'spl', size: 896, exports: [{ name: 'spl_panic', crc: 5 }] };
    const consumer = { name: 'zfs', imports: { spl_panic: 5 } };

    expect(checkAll([consumer, provider]).map(errors)).toEqual([['dependency'], ['this-module']]);
  });

  it('finds cycles', () => {
    const one = { name: 'one', imports: { b: 1 }, exports: [{ name: 'a', crc: 1 }] };
    const two = { name: 'two', imports: { a: 1 }, exports: [{ name: 'b', crc: 1 }] };

    expect(checkAll([one, two]).map(errors)).toEqual([['dependency-cycle'], ['dependency-cycle']]);
  });

  it('refuses what another module has exported before', () => {
    const module = { exports: [{ name: 'mine', crc: 1 }] };

    const [report] = checkAll([module], {}, [{ ...module, name: 'other' }]);

    expect(report && errors(report)).toEqual(['export-clash']);
  });

  it('refuses a module that is loaded already', () => {
    expect(checkAll([{}], {}, [{}]).map(errors)).toEqual([['name-clash']]);
  });

  it('refuses a proprietary provider to a module that uses GPL-only symbols, in either order', () => {
    const provider = {
      name: 'closed',
      modinfo: { license: 'CDDL' },
      exports: [{ name: 'p', crc: 1 }],
    };
    const exports = [{ name: 'g', gplOnly: true }];
    const judge = (imports: Record<string, number>) =>
      checkAll([{ imports, modinfo: { depends: 'closed' } }], { exports }, [provider]).map(errors);

    expect(judge({ g: 1, p: 1 })).toEqual([['proprietary-provider']]);
    expect(judge({ p: 1, g: 1 })).toEqual([['gpl-only']]);
    expect(judge({ p: 1 })).toEqual([[]]);
  });

  it('lets class and byte order lie, as Linux does, and says that it is unsafe', () => {
    const bytes = aKernelModule();
    bytes[4] = 1;
    bytes[5] = 2;

    const report = check(bytes);

    expect(report).toMatchObject(LOADS_UNSAFELY);
    expect(errors(report)).toEqual(['elf', 'elf']);
  });

  it('says when only the names of symbols are known, and their versions count', () => {
    const build = { imports: { kmalloc: 7 } };
    const exports = [{ name: 'kmalloc', crc: undefined }];

    expect(errors(check(build, { exports, knowsVersions: false }))).toEqual(['symbols-unknown']);
    expect(
      errors(check(build, { exports, knowsVersions: false, loader: { modversions: false } })),
    ).toEqual([]);
  });

  it('names digest and key of a signature by an unknown key, and refuses it under enforcement', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const content = aKernelModule();
    const signed = withTrailer(content, aSignature({ content, key: key.privateKey, serial: 9 }));

    const note = check(signed).findings.find(({ rule }) => rule === 'signer');
    expect(note?.found).toBe('signed with sha256 by key 09, which is not built in');
    expect(errors(check(signed, { loader: { enforcesSignatures: true } }))).toEqual(['signature']);
  });

  it('knows a good signature of a built-in key, and refuses a bad one always', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const certificates = [readCertificate(aCertificate(key))];
    const content = aKernelModule({ modinfo: { intree: 'Y' } });
    const message = aSignature({ content, key: key.privateKey });
    const modules = new Map([['sample', 'sample.ko']]);

    const good = check(withTrailer(content, message), { certificates, modules });
    const bad = check(withTrailer(aKernelModule(), message), { certificates });

    expect(good.findings).toEqual([]);
    expect(errors(bad)).toEqual(['signature']);
    expect(bad.loads).toBe(false);
  });

  it('warns of a signature of the own signer of the kernel whose key is not at hand', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const certificate = readCertificate(aCertificate(key));
    const content = aKernelModule();
    const message = aSignature({ content, key: key.privateKey });
    const tampered = withTrailer(aKernelModule({ modinfo: { version: '2' } }), message);
    const own = { ownSigners: [identityOf(readPkcs7(message)[0]!)] };

    const blind = check(tampered, { ...own, knowsCertificates: false });
    const seeing = check(tampered, { ...own, certificates: [certificate] });

    expect(blind).toMatchObject(PASSES);
    expect(blind.findings).toMatchObject([
      {
        rule: 'signature-unchecked',
        severity: 'warning',
        hint: expect.stringContaining('--certificate'),
      },
      { rule: 'taint', severity: 'info' },
    ]);
    expect(errors(seeing)).toEqual(['signature']);
  });

  it.each<[string, Buffer, KernelBuild, string[]]>([
    ['another kernel', A_TYPEDEF, TYPED, ['btf']],
    ['nothing', Buffer.from('no type information'), TYPED, ['btf']],
    ['this kernel', aBtf({ isSplit: true }), TYPED, []],
    ['another kernel, which may be', A_TYPEDEF, { ...TYPED, loader: { judgesBtf: false } }, []],
  ])('judges type information of %s', (_, content, kernel, rules) => {
    const report = check({ sections: [{ name: '.BTF', content }] }, kernel);

    expect(errors(report)).toEqual(rules);
    expect(report.loads).toBe(rules.length === 0);
    if (rules.length > 0) {
      const { message, hint } = report.findings.find(({ rule }) => rule === 'btf')!;
      expect(message).toMatch(/^failed to validate module \[sample\] BTF: /);
      expect(hint).toContain('--remove-section .BTF');
    }
  });

  it('passes no type information of which it cannot tell', () => {
    const unknown = { ...TYPED, btf: undefined };
    const withTypes = (content: Buffer) =>
      check({ sections: [{ name: '.BTF', content }] }, unknown);

    expect(withTypes(aBtf({ isSplit: true }))).toMatchObject(LOADS_UNSAFELY);
    expect(withTypes(Buffer.from('junk'))).toMatchObject(DOES_NOT_LOAD);
    expect(check({}, unknown)).toMatchObject(PASSES);
  });

  it('takes the taints of every module from outside for expected, and no others', () => {
    const taints = (modinfo: ModuleBuild['modinfo']) =>
      check({ modinfo }).findings.map(
        ({ severity, message }) => `${severity} ${message.slice(30)}`,
      );

    expect(taints({ license: 'CDDL' })).toEqual([
      "info P (licence 'CDDL'), O (out of tree), E (no known signature)",
    ]);
    expect(taints({ staging: 'Y', test: 'Y' })).toEqual([
      'warning C (staging), N (test module)',
      'info O (out of tree), E (no known signature)',
    ]);
  });

  it('shows no more than twenty findings of a rule', () => {
    const names = Array.from({ length: 50 }, (_, index) => [`gone${index}`, 1] as const);

    const report = check({ imports: Object.fromEntries(names) });

    expect(errors(report)).toHaveLength(20);
    expect(report.findings[19]?.message).toContain('(and 30 more)');
  });
});
