import { SHT_NOBITS } from '../../../kernel/elf/elf.ts';
import { type KernelModule, modinfoValue } from '../../../kernel/module/module.ts';
import { releaseOfVermagic, sameMagic } from '../../../kernel/module/vermagic.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type ModuleFinding, note, refused, unsafe } from './rule.ts';

/** The area for modules on x86-64 (Documentation/arch/x86/x86_64/mm.rst). */
const MODULE_AREA = 1008 << 20;
const REBUILD = 'build the module against the headers of exactly this kernel';

/** `.gnu.linkonce.this_module` and `.modinfo` (`elf_validity_cache_index_mod`; Linux 6.4). */
export function* checkThisModule(module: KernelModule, kernel: Kernel): Generator<ModuleFinding> {
  const own = module.thisModule;
  const strict = kernel.loader.checksModuleSize;
  if (!own || !own.allocated || (strict && own.count !== 1)) {
    yield refused('this-module', 'Exactly one .gnu.linkonce.this_module section must exist.');
    return;
  }
  if (own.type === SHT_NOBITS) {
    const message = '.gnu.linkonce.this_module section must have a size set';
    yield refused('this-module', message);
  } else if (!module.isNamed) {
    yield refused('module-name', 'struct module has no name: kobject with an empty name');
  }
  if (kernel.moduleSize == null || own.size === kernel.moduleSize) return;
  const details = {
    expected: `${kernel.moduleSize} bytes`,
    found: `${own.size} bytes`,
    hint: `the module was built for a kernel with another struct module; ${REBUILD}`,
  };
  const message =
    ".gnu.linkonce.this_module section size must match the kernel's built struct module size at run time";
  yield strict
    ? refused('this-module', message, details)
    : unsafe('this-module', `${message}; kernels before 6.4 load it and are corrupted`, details);
}

/** What `.modinfo` must say: vermagic, livepatch (`check_modinfo`). */
export function* checkModinfo(module: KernelModule, kernel: Kernel): Generator<ModuleFinding> {
  const { loader } = kernel;
  if (module.modinfoSections > 1 && loader.checksModuleSize) {
    yield refused('modinfo', 'Only one .modinfo section must exist.');
  }
  if (!module.modinfoEnds) {
    const message = '.modinfo does not end with a zero byte, so the kernel reads what follows it';
    yield unsafe('modinfo', message, { hint: REBUILD });
  }
  yield* checkVermagic(module, kernel);
  if (modinfoValue(module, 'livepatch') != null && !loader.livepatch) {
    yield refused(
      'livepatch',
      'module is marked as livepatch module, but livepatch support is disabled',
    );
  }
}

function* checkVermagic(module: KernelModule, kernel: Kernel): Generator<ModuleFinding> {
  const { loader, vermagic: expected } = kernel;
  const found = modinfoValue(module, 'vermagic');
  if (found == null) {
    const message = module.modinfoSections === 0 ? 'no .modinfo, so no vermagic' : 'no vermagic';
    const details = { ...(expected ? { expected } : {}), found: 'none', hint: REBUILD };
    yield loader.forceLoad
      ? unsafe(
          'vermagic',
          `bad vermagic (${message}): loads by force and taints the kernel`,
          details,
        )
      : refused('vermagic', `bad vermagic (${message})`, details);
    return;
  }
  if (expected == null) {
    yield unsafe('vermagic', `the vermagic of kernel ${kernel.release} is not known`, { found });
    return;
  }
  if (!sameMagic(found, expected, loader.modversions && module.versions != null)) {
    const message = `version magic '${found}' should be '${expected}'`;
    yield refused('vermagic', message, { expected, found, hint: REBUILD });
  } else if (found !== expected) {
    yield note(
      'release',
      `built for ${releaseOfVermagic(found)}: this kernel goes by the versions of symbols instead`,
      {
        expected: releaseOfVermagic(expected),
        found: releaseOfVermagic(found),
        hint: 'safe as far as the versions of symbols tell',
      },
    );
  }
}

/** Symbols that cannot be placed, and more memory than there is (`simplify_symbols`, `move_module`). */
export function* checkContent(module: KernelModule): Generator<ModuleFinding> {
  for (const message of new Set(module.strangeSymbols)) yield refused('symbol-table', message);
  if (module.loadedSize > MODULE_AREA) {
    yield refused(
      'memory',
      `loading it takes ${module.loadedSize} bytes, more than there is for modules`,
      {
        expected: `at most ${MODULE_AREA} bytes`,
        found: `${module.loadedSize} bytes`,
      },
    );
  }
}

/** Tables beside exports (`check_export_symbol_versions`, since 7.1 `check_export_symbol_sections`). */
export function* checkExportTables(module: KernelModule, kernel: Kernel): Generator<ModuleFinding> {
  const { loader } = kernel;
  const { symbols, versions, flags } = module.exportTables;
  if (!symbols) return;
  if (loader.readsExportFlags && !flags) {
    yield refused('export-flags', 'no flags for exported symbols', { hint: REBUILD });
  }
  if (!loader.modversions || versions) return;
  const message = 'no versions for exported symbols';
  yield loader.forceLoad
    ? unsafe('export-versions', `${message}: loads by force and taints the kernel`, {
        hint: REBUILD,
      })
    : refused('export-versions', message, { hint: REBUILD });
}

/** The form of extended versions (`elf_validity_cache_index_versions`, Linux 6.14). */
export function* checkExtendedVersions(
  module: KernelModule,
  kernel: Kernel,
): Generator<ModuleFinding> {
  if (!kernel.loader.readsExtendedVersions) return;
  if (module.halfExtended) {
    yield refused('missing-versions', 'extended version crc+name presence does not match');
  }
  if (module.extendedVersions?.complete === false) {
    yield refused('missing-versions', 'more extended version crcs than names');
  }
}
