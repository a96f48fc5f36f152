import type { KernelExport } from '../../../kernel/module/exports.ts';
import type { KernelModule } from '../../../kernel/module/module.ts';
import type { LoaderRules } from '../../../kernel/version/loader.ts';
import { type ModuleFinding, refused, unsafe } from './rule.ts';

const REBUILD = 'build the module against the headers of exactly this kernel';

/** Compares the version of one symbol as `check_version` does (kernel/module/version.c). */
export function checkVersion(
  exported: KernelExport,
  module: KernelModule,
  loader: LoaderRules,
): ModuleFinding | undefined {
  const { crc, name } = exported;
  if (!loader.modversions || crc == null) return undefined;
  const extended = loader.readsExtendedVersions ? module.extendedVersions?.versions : undefined;
  const versions = extended ?? module.versions;
  // A module without any versions is judged as a whole.
  if (!versions) return undefined;
  const found = versions.get(name);
  if (found === crc) return undefined;
  const where = { symbol: name };
  if (found == null && extended) {
    return unsafe('symbol-version', `no extended symbol version for ${name}`, { where });
  }
  const rule = name === 'module_layout' ? 'module-layout' : 'symbol-version';
  if (found == null) {
    return refused(rule, `no symbol version for ${name}`, { where, hint: REBUILD });
  }
  return refused(rule, `disagrees about version of symbol ${name}`, {
    where,
    expected: hex(crc),
    found: hex(found),
    hint: REBUILD,
  });
}

/** Missing versions of a whole module, which Linux takes only by force (`try_to_force_load`). */
export function checkVersionsPresent(
  module: KernelModule,
  loader: LoaderRules,
): ModuleFinding | undefined {
  const extended = loader.readsExtendedVersions && module.extendedVersions != null;
  if (!loader.modversions || module.versions || extended) return undefined;
  const message = 'the module has no versions of symbols, and this kernel compares them';
  const details = { expected: 'a section __versions', found: 'none', hint: REBUILD };
  return loader.forceLoad
    ? unsafe('missing-versions', `${message}; it loads by force and taints the kernel`, details)
    : refused('missing-versions', message, details);
}

function hex(crc: number): string {
  return `0x${crc.toString(16).padStart(8, '0')}`;
}
