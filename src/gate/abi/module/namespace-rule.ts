import type { KernelExport } from '../../../kernel/module/exports.ts';
import { type KernelModule, modinfoValues } from '../../../kernel/module/module.ts';
import type { LoaderRules } from '../../../kernel/version/loader.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type ModuleFinding, refused, unsafe } from './rule.ts';

const MODULE_PREFIX = 'module:';

/** A symbol of a namespace that the module does not import (`verify_namespace_is_imported`). */
export function missingNamespace(
  exported: KernelExport,
  module: KernelModule,
  kernel: Kernel,
): ModuleFinding | undefined {
  const { namespace, name } = exported;
  if (namespace === '') return undefined;
  if (isForModule(namespace, module.name, kernel.loader)) return undefined;
  const imports = importsOf(module);
  if (imports.includes(namespace)) return undefined;
  const message = `module uses symbol (${name}) from namespace ${namespace}, but does not import it.`;
  const details = {
    where: { symbol: name },
    expected: `import_ns=${namespace}`,
    found: imports.join(', ') || 'none',
    hint: hintFor(namespace, imports),
  };
  return kernel.loader.allowsMissingImports
    ? unsafe('namespace', message, details)
    : refused('namespace', message, details);
}

/** An explicit import of a namespace that is for named modules only (`setup_modinfo`, Linux 6.16). */
export function checkImportedNamespaces(
  module: KernelModule,
  loader: LoaderRules,
): ModuleFinding | undefined {
  const taken = importsOf(module).find((name) => name.startsWith(MODULE_PREFIX));
  if (!taken || !loader.knowsModuleNamespaces) return undefined;
  return refused('namespace', `module tries to import module namespace: ${taken}`, {
    found: taken,
  });
}

function importsOf(module: KernelModule): string[] {
  return modinfoValues(module, 'import_ns');
}

/** Namespace `module:kvm,kvm-*`: for these modules and no others, `-` and `_` being the same. */
function isForModule(namespace: string, name: string, loader: LoaderRules): boolean {
  if (!loader.knowsModuleNamespaces || !namespace.startsWith(MODULE_PREFIX)) return false;
  const patterns = namespace.slice(MODULE_PREFIX.length).split(',');
  const module = name.replaceAll('-', '_');
  return patterns.some((pattern) => {
    const plain = pattern.replaceAll('-', '_');
    return plain.endsWith('*') ? module.startsWith(plain.slice(0, -1)) : plain === module;
  });
}

/** Since Linux 6.13 the name is written in quotes; older headers put the quotes into the module. */
function hintFor(namespace: string, imports: string[]): string {
  if (imports.includes(`"${namespace}"`)) {
    return `the source says MODULE_IMPORT_NS("${namespace}"), the spelling of Linux 6.13 and later; this kernel's headers want MODULE_IMPORT_NS(${namespace})`;
  }
  if (namespace.startsWith(MODULE_PREFIX))
    return 'the kernel exports this symbol for its own modules only';
  return `add MODULE_IMPORT_NS("${namespace}") to the source (without quotes before Linux 6.13)`;
}
