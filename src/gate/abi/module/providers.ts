import type { KernelExport } from '../../../kernel/module/exports.ts';
import { mayUseGplSymbols } from '../../../kernel/module/license.ts';
import { modinfoValue } from '../../../kernel/module/module.ts';
import type { InspectedModule } from './inspect.ts';

/** What modules beside the kernel's own export. */
export interface Providers {
  has(module: string): boolean;
  find(symbol: string): KernelExport | undefined;
  /** The module of this name has a licence that is not compatible with the GPL. */
  isProprietary(module: string): boolean;
}

/** The exports of some modules; of a symbol that two export the first one counts. */
export function providersOf(modules: readonly InspectedModule[]): Providers {
  const exports = new Map<string, KernelExport>();
  const names = new Set<string>();
  const proprietary = new Set<string>();
  for (const { module } of modules) {
    if (!module) continue;
    names.add(module.name);
    if (!mayUseGplSymbols(modinfoValue(module, 'license'), module.name))
      proprietary.add(module.name);
    for (const exported of module.exports) {
      if (!exports.has(exported.name)) exports.set(exported.name, exported);
    }
  }
  return {
    has: (module) => names.has(module),
    find: (symbol) => exports.get(symbol),
    isProprietary: (module) => proprietary.has(module),
  };
}
