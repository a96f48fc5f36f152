import type { KernelExport } from '../../../kernel/module/exports.ts';
import { MODULE_LAYOUT, MODULE_SIZE, VERMAGIC } from '../../../kernel/testing/module-builder.ts';
import { type LoaderRules, loaderRules } from '../../../kernel/version/loader.ts';
import type { Kernel } from '../kernel/kernel.ts';

export type KernelBuild = Partial<Omit<Kernel, 'loader' | 'symbols'>> & {
  loader?: Partial<LoaderRules>;
  /** Exports beside `module_layout`; CRC 1, for everybody and of `vmlinux` where not said. */
  exports?: (Partial<KernelExport> & { name: string })[];
};

/** A kernel with versions of symbols that `aKernelModule()` loads into without a word. */
export function aKernel({ loader, exports = [], ...rest }: KernelBuild = {}): Kernel {
  const release = rest.release ?? '6.12.1-test';
  const rules = { modversions: true, livepatch: true, strictSections: true, ...loader };
  return {
    release,
    loader: { ...loaderRules(release, undefined), ...rules },
    architecture: { machine: 62, layout: { bits: 64, endian: 'little' } },
    vermagic: VERMAGIC.replace('6.12.1-test', release),
    moduleSize: MODULE_SIZE,
    symbols: new Map(
      [{ name: 'module_layout', crc: MODULE_LAYOUT }, ...exports].map((given) => {
        return [given.name, anExport(given)];
      }),
    ),
    knowsSymbols: true,
    knowsVersions: true,
    certificates: [],
    knowsCertificates: true,
    btf: undefined,
    ownSigners: [],
    compression: undefined,
    modules: new Map(),
    builtins: new Set(),
    retpoline: true,
    ibt: false,
    ...rest,
  };
}

function anExport(given: Partial<KernelExport> & { name: string }): KernelExport {
  return { crc: 1, gplOnly: false, namespace: '', owner: 'vmlinux', ...given };
}
