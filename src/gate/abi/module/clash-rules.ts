import type { KernelModule } from '../../../kernel/module/module.ts';
import { moduleName } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Providers } from './providers.ts';
import { type ModuleFinding, note, refused, unsafe } from './rule.ts';

/** Exports that something else exports as well (`verify_exported_symbols`). */
export function* checkExportClashes(
  module: KernelModule,
  kernel: Kernel,
  loaded: Pick<Providers, 'find'>,
): Generator<ModuleFinding> {
  for (const { name } of module.exports) {
    const found = kernel.symbols.get(name);
    const owner = found?.owner === 'vmlinux' ? found.owner : loaded.find(name)?.owner;
    const where = { symbol: name };
    if (owner && owner !== module.name) {
      const shown = owner === 'vmlinux' ? 'kernel' : owner;
      yield refused('export-clash', `exports duplicate symbol ${name} (owned by ${shown})`, {
        where,
      });
    } else if (found && found.owner !== module.name) {
      yield unsafe(
        'export-clash',
        `exports symbol ${name} that module ${found.owner} exports too`,
        {
          where,
          hint: `only one of ${module.name} and ${found.owner} can be loaded`,
        },
      );
    }
  }
}

/** Names that are taken (`module_patient_check_exists`, `mod_sysfs_init`). */
export function* checkNames(
  module: KernelModule,
  file: string,
  kernel: Kernel,
): Generator<ModuleFinding> {
  if (kernel.builtins.has(module.name)) {
    yield refused(
      'name-clash',
      `${module.name}: module is already loaded: it is part of the kernel`,
    );
  }
  const own = kernel.modules.get(module.name);
  if (own && own !== file) {
    yield note('name-clash', `the kernel has a module ${module.name} of its own`, { found: own });
  }
  const found = moduleName(file);
  if (found !== module.name.replaceAll('-', '_')) {
    const message = `the file holds module ${module.name}, and modprobe finds it as ${found}`;
    yield note('file-name', message, { expected: module.name, found });
  }
}
