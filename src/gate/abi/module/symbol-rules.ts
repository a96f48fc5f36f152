import type { KernelExport } from '../../../kernel/module/exports.ts';
import { mayUseGplSymbols } from '../../../kernel/module/license.ts';
import {
  type KernelImport,
  type KernelModule,
  modinfoValue,
} from '../../../kernel/module/module.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { missingNamespace } from './namespace-rule.ts';
import type { Providers } from './providers.ts';
import { type ModuleFinding, note, refused, unsafe } from './rule.ts';
import { checkVersion } from './version-rule.ts';

export interface Resolution {
  findings: ModuleFinding[];
  /** Modules that must be loaded before. */
  uses: string[];
}

/**
 * Resolves every import in the order of the symbol table, as `simplify_symbols` and
 * `resolve_symbol` do (kernel/module/main.c): found and allowed by licence, owner's licence,
 * version, namespace.
 */
export function resolveImports(
  module: KernelModule,
  kernel: Kernel,
  providers: Providers,
): Resolution {
  const state: State = {
    gplAllowed: mayUseGplSymbols(modinfoValue(module, 'license'), module.name),
    usesGplOnly: false,
  };
  const uses = new Set<string>();
  const findings: ModuleFinding[] = [];
  for (const symbol of module.imports) {
    const found = kernel.symbols.get(symbol.name);
    const provided = found?.owner === 'vmlinux' ? found : (providers.find(symbol.name) ?? found);
    if (provided && provided.owner !== 'vmlinux') uses.add(provided.owner);
    findings.push(
      ...(provided
        ? checkUse(symbol, provided, { module, kernel, providers, state })
        : unresolved(symbol, kernel)),
    );
  }
  uses.delete(module.name);
  return { findings, uses: [...uses] };
}

interface State {
  gplAllowed: boolean;
  usesGplOnly: boolean;
}

interface Use {
  module: KernelModule;
  kernel: Kernel;
  providers: Providers;
  state: State;
}

function* unresolved(symbol: KernelImport, kernel: Kernel): Generator<ModuleFinding> {
  if (symbol.weak || symbol.name === '_GLOBAL_OFFSET_TABLE_') return;
  yield refused('unknown-symbol', `Unknown symbol ${symbol.name} (err -2)`, {
    where: { symbol: symbol.name },
    hint: `nothing of kernel ${kernel.release} exports ${symbol.name}; build the module against the headers of exactly this kernel, or give the module that exports it`,
  });
}

/** The first refusal ends it, as in Linux; a version that is only missing does not. */
function* checkUse(symbol: KernelImport, found: KernelExport, use: Use): Generator<ModuleFinding> {
  const { module, kernel, providers, state } = use;
  if (found.gplOnly && !state.gplAllowed) {
    yield gplOnly(symbol, found, module);
    return;
  }
  if (found.gplOnly) state.usesGplOnly = true;
  const foreign = found.owner !== 'vmlinux' && providers.isProprietary(found.owner);
  if (foreign && state.usesGplOnly) {
    if (!symbol.weak) yield proprietary(symbol, found);
    return;
  }
  if (foreign) state.gplAllowed = false;
  const version = checkVersion(found, module, kernel.loader);
  if (version) yield version;
  if (version?.effect === 'refused') return;
  const namespace = missingNamespace(found, module, kernel);
  if (namespace) yield namespace;
}

/** A GPL-only symbol is not there for this module; when it is weak the module does without. */
function gplOnly(symbol: KernelImport, found: KernelExport, module: KernelModule): ModuleFinding {
  const license = modinfoValue(module, 'license') ?? 'unspecified';
  const details = {
    where: { symbol: symbol.name },
    expected: 'a GPL-compatible licence',
    found: license,
    hint: `${found.owner} exports ${symbol.name} for GPL-compatible modules only`,
  };
  const message = `Unknown symbol ${symbol.name} (err -2): GPL-only, and the licence is '${license}'`;
  return symbol.weak ? note('gpl-only', message, details) : refused('gpl-only', message, details);
}

function proprietary(symbol: KernelImport, found: KernelExport): ModuleFinding {
  const message = `module using GPL-only symbols uses symbols ${symbol.name} from proprietary module ${found.owner}.`;
  return refused('proprietary-provider', message, { where: { symbol: symbol.name } });
}

/** What is not known of what the kernel exports cannot be vouched for. */
export function* checkKnown(kernel: Kernel): Generator<ModuleFinding> {
  const { release, knowsSymbols, knowsVersions, loader } = kernel;
  const hint = 'give --symvers, or put vmlinuz beside the modules';
  if (!knowsSymbols) {
    yield unsafe('symbols-unknown', `what kernel ${release} exports is not known`, { hint });
  } else if (loader.modversions && !knowsVersions) {
    const message = `the versions of the symbols of kernel ${release} are not known`;
    yield unsafe('symbols-unknown', message, { hint });
  }
}
