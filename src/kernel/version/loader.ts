import type { KernelConfig } from './config.ts';
import { isAtLeast } from './release.ts';

/** How one kernel reads type information (kernel/bpf/btf.c). */
export interface BtfRules {
  /** Takes what a module needs of its types by name from `.BTF.base` (Linux 6.11). */
  hasBase: boolean;
  /** Names of sections may hold whatever can be printed (Linux 6.11). */
  printableSections: boolean;
  /** Tags may carry a flag (Linux 6.15). */
  flaggedTags: boolean;
  /**
   * Counts of 24 bits, a third part beside types and strings, tags anywhere. Read in 7.3 and not in
   * 6.12; taken for true from 7.1 on, as what a newer pahole writes must not be refused by guess.
   */
  widened: boolean;
}

/** What the module loader of one kernel does; differs between versions. */
export interface LoaderRules {
  /**
   * Refuses a `struct module` of another size, and two of `.modinfo`, which it finds whatever their
   * flags are (Linux 6.4).
   */
  checksModuleSize: boolean;
  /** Refuses string tables of another type (Linux 7.2, and 6.12.117 of the stable line). */
  checksStringTypes: boolean;
  /** Refuses names outside the table of names (Linux 6.13, `elf_validity_cache_strtab`). */
  checksSymbolNames: boolean;
  /** Takes CRCs from `__version_ext_crcs` when they are there (Linux 6.14). */
  readsExtendedVersions: boolean;
  /** Knows exports for named modules only, namespace `module:a,b*` (Linux 6.16). */
  knowsModuleNamespaces: boolean;
  /** Reads GPL-only from `__kflagstab`, and wants it with every export (Linux 7.1). */
  readsExportFlags: boolean;
  /** Compares versions of symbols (`CONFIG_MODVERSIONS`). */
  modversions: boolean;
  /** Takes modules without vermagic or versions and taints (`CONFIG_MODULE_FORCE_LOAD`). */
  forceLoad: boolean;
  /** Checks signatures (`CONFIG_MODULE_SIG`). */
  signatures: boolean;
  /** Takes only modules with a good signature (`CONFIG_MODULE_SIG_FORCE`, or lockdown). */
  enforcesSignatures: boolean;
  /** Lets missing `import_ns` pass (`CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS`). */
  allowsMissingImports: boolean;
  /** Digests that signatures may use and this kernel cannot compute (`CONFIG_CRYPTO_SHA512` …). */
  missingDigests: readonly string[];
  /** Refuses two loaded sections of one name, which it cannot show in sysfs (Linux 6.12). */
  wantsDistinctSections: boolean;
  /** Has livepatch support (`CONFIG_LIVEPATCH`). */
  livepatch: boolean;
  /** Refuses sections that are both written and executed (`CONFIG_STRICT_MODULE_RWX`). */
  strictSections: boolean;
  /**
   * Refuses modules whose type information it does not understand
   * (`CONFIG_DEBUG_INFO_BTF_MODULES` without `CONFIG_MODULE_ALLOW_BTF_MISMATCH`).
   */
  judgesBtf: boolean;
  btf: BtfRules;
}

/** The option that brings each digest of a PKCS#7 signature (crypto/Kconfig). */
const DIGESTS: readonly (readonly [digest: string, option: string])[] = [
  ['sha1', 'CRYPTO_SHA1'],
  ['sha224', 'CRYPTO_SHA256'],
  ['sha256', 'CRYPTO_SHA256'],
  ['sha384', 'CRYPTO_SHA512'],
  ['sha512', 'CRYPTO_SHA512'],
  ['sha3-256', 'CRYPTO_SHA3'],
  ['sha3-384', 'CRYPTO_SHA3'],
  ['sha3-512', 'CRYPTO_SHA3'],
];

/**
 * The rules of a kernel by its release and configuration. Options that tell that a distribution
 * took a feature from a later kernel (RHEL's extended versions) count as well.
 */
export function loaderRules(
  release: string,
  config: KernelConfig | undefined,
  hints: { modversions?: boolean } = {},
): LoaderRules {
  const is = (option: string, unknown: boolean) =>
    config ? config.get(`CONFIG_${option}`) === 'y' : unknown;
  const has = (option: string) => /^[ym]$/.test(config?.get(`CONFIG_${option}`) ?? '');
  return {
    checksModuleSize: isAtLeast(release, 6, 4),
    checksStringTypes: isAtLeast(release, 7, 2) || isInLine(release, '6.12.', 117),
    checksSymbolNames: isAtLeast(release, 6, 13),
    readsExtendedVersions:
      isAtLeast(release, 6, 14) || config?.get('CONFIG_EXTENDED_MODVERSIONS') === 'y',
    knowsModuleNamespaces: isAtLeast(release, 6, 16),
    readsExportFlags: isAtLeast(release, 7, 1),
    modversions: is('MODVERSIONS', hints.modversions ?? false),
    forceLoad: is('MODULE_FORCE_LOAD', false),
    signatures: is('MODULE_SIG', true),
    enforcesSignatures: is('MODULE_SIG_FORCE', false),
    allowsMissingImports: is('MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS', false),
    missingDigests: config
      ? DIGESTS.filter(([, option]) => !has(option)).map(([name]) => name)
      : [],
    wantsDistinctSections: isAtLeast(release, 6, 12) && is('KALLSYMS', true) && is('SYSFS', true),
    livepatch: is('LIVEPATCH', false),
    strictSections: is('STRICT_MODULE_RWX', true),
    judgesBtf: is('DEBUG_INFO_BTF_MODULES', false) && !is('MODULE_ALLOW_BTF_MISMATCH', false),
    btf: {
      hasBase: isAtLeast(release, 6, 11),
      printableSections: isAtLeast(release, 6, 11),
      flaggedTags: isAtLeast(release, 6, 15),
      widened: isAtLeast(release, 7, 1),
    },
  };
}

/** True from some patch of a stable line on. */
function isInLine(release: string, line: string, patch: number): boolean {
  return release.startsWith(line) && Number.parseInt(release.slice(line.length), 10) >= patch;
}
