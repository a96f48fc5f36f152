import { modinfoValues } from '../../../kernel/module/module.ts';
import { moduleName } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { checkBuild, checkTaints } from './build-rules.ts';
import { checkExportClashes, checkNames } from './clash-rules.ts';
import { checkDepends } from './depends-rule.ts';
import type { InspectedModule } from './inspect.ts';
import {
  checkContent,
  checkExportTables,
  checkExtendedVersions,
  checkModinfo,
  checkThisModule,
} from './module-rules.ts';
import { checkImportedNamespaces } from './namespace-rule.ts';
import { type Providers, providersOf } from './providers.ts';
import { type ModuleFinding, refused } from './rule.ts';
import { checkSignature } from './signature-rule.ts';
import { checkKnown, resolveImports } from './symbol-rules.ts';
import { checkVersion, checkVersionsPresent } from './version-rule.ts';

/** What is loaded, or can be, beside the kernel's own modules. */
export interface Surroundings {
  /** Loaded before, as with `--with`. */
  loaded: Providers;
  /** Loaded before, or checked together with the module and loaded when it is needed. */
  available: Providers;
}

export interface ModuleCheck {
  file: string;
  name: string;
  findings: ModuleFinding[];
  /** Modules that must be loaded before. */
  uses: string[];
  /** Firmware that it names, perhaps with wildcards. */
  firmware: string[];
}

const SHOWN = 20;
const alone: Surroundings = { loaded: providersOf([]), available: providersOf([]) };

/**
 * What a kernel will say of a module, rule by rule in the order of its loader (`load_module`,
 * kernel/module/main.c), with what it lets pass and should not.
 */
export function checkModule(
  inspected: InspectedModule,
  kernel: Kernel,
  around: Surroundings = alone,
): ModuleCheck {
  const { file, module } = inspected;
  const findings = [...checkSignature(inspected, kernel), ...inspected.findings];
  if (!module) return { file, name: moduleName(file), findings, uses: [], firmware: [] };
  findings.push(
    ...checkThisModule(module, kernel),
    ...checkExtendedVersions(module, kernel),
    ...checkLayout(inspected, kernel),
    ...checkModinfo(module, kernel),
    ...checkLoadedName(module.name, around.loaded),
    ...checkContent(module),
    ...checkExportTables(module, kernel),
    ...optional(checkImportedNamespaces(module, kernel.loader)),
  );
  const resolution = kernel.knowsSymbols
    ? resolveImports(module, kernel, around.available)
    : { findings: [], uses: [] };
  findings.push(
    ...checkKnown(kernel),
    ...shortened(resolution.findings),
    ...shortened([...checkExportClashes(module, kernel, around.loaded)]),
    ...optional(inspected.btf),
    ...checkNames(module, file, kernel),
    ...checkBuild(inspected, module, kernel),
    ...(kernel.knowsSymbols ? checkDepends(module, resolution.uses) : []),
    ...checkTaints(inspected, module, kernel),
  );
  const firmware = modinfoValues(module, 'firmware');
  return { file, name: module.name, findings, uses: resolution.uses, firmware };
}

/** Versions as a whole, and the one of `module_layout`, which stands for all structures. */
function checkLayout(inspected: InspectedModule, kernel: Kernel): ModuleFinding[] {
  const { module } = inspected;
  const layout = kernel.symbols.get('module_layout');
  if (!module) return [];
  return [
    ...optional(checkVersionsPresent(module, kernel.loader)),
    ...optional(layout && checkVersion(layout, module, kernel.loader)),
  ];
}

function checkLoadedName(name: string, loaded: Providers): ModuleFinding[] {
  if (!loaded.has(name)) return [];
  return [refused('name-clash', `File exists: a module ${name} is loaded already`)];
}

/** Of hundreds of findings of one rule the first twenty, and how many more there are. */
function shortened(findings: ModuleFinding[]): ModuleFinding[] {
  const counts = new Map<string, ModuleFinding[]>();
  for (const finding of findings) {
    const same = counts.get(finding.rule) ?? [];
    same.push(finding);
    counts.set(finding.rule, same);
  }
  return [...counts.values()].flatMap((same) => {
    const last = same[SHOWN - 1];
    if (same.length <= SHOWN || !last) return same;
    const more = `${last.message} (and ${same.length - SHOWN} more)`;
    return [...same.slice(0, SHOWN - 1), { ...last, message: more }];
  });
}

function optional<T>(value: T | undefined): T[] {
  return value == null ? [] : [value];
}
