import type { Finding } from '../../system/finding.ts';
import type { Kernel } from './kernel/kernel.ts';
import { cycleOf } from './load-order.ts';
import { checkModule, type ModuleCheck } from './module/check-module.ts';
import type { InspectedModule } from './module/inspect.ts';
import { providersOf } from './module/providers.ts';
import { type ModuleFinding, refused } from './module/rule.ts';

/** What the gate says of one module file. */
export interface ModuleReport {
  file: string;
  name: string;
  /** Whether the kernel will load it. */
  loads: boolean;
  /** `pass` only when it loads and nothing about it is unsafe. */
  verdict: 'pass' | 'fail';
  findings: ModuleFinding[];
}

/** Checks modules that may need each other. `loaded` are loaded before, in the order given. */
export function checkModules(
  modules: readonly InspectedModule[],
  kernel: Kernel,
  loaded: readonly InspectedModule[] = [],
): ModuleReport[] {
  const around = {
    loaded: providersOf(loaded),
    available: providersOf([...loaded, ...modules]),
  };
  return judge(
    modules.map((module) => checkModule(module, kernel, around)),
    kernel,
    new Set(loaded.flatMap(({ module }) => module?.name ?? [])),
  );
}

/** Adds what follows from the modules that each one needs, and settles the verdicts. */
export function judge(
  checks: readonly ModuleCheck[],
  kernel: Pick<Kernel, 'modules'>,
  loaded: ReadonlySet<string> = new Set(),
): ModuleReport[] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const fails = new Map<ModuleCheck, ModuleFinding[]>();
  for (const check of checks) {
    const cycle = check.uses.length > 0 ? cycleOf(check.name, byName) : undefined;
    const absent = check.uses.filter(
      (name) => !byName.has(name) && !loaded.has(name) && !kernel.modules.has(name),
    );
    fails.set(check, [
      ...(cycle ? [refused('dependency-cycle', `needs itself: ${cycle.join(' -> ')}`)] : []),
      ...absent.map((name) =>
        refused('dependency', `needs module ${name}, which is not installed`, {
          hint: `install the package that has ${name}`,
        }),
      ),
    ]);
  }
  spread(checks, byName, fails);
  return checks.map((check) => reportOf(check, fails.get(check) ?? []));
}

/** A module does not load when one that it needs does not. */
function spread(
  checks: readonly ModuleCheck[],
  byName: ReadonlyMap<string, ModuleCheck>,
  fails: ReadonlyMap<ModuleCheck, ModuleFinding[]>,
): void {
  const isRefused = (check: ModuleCheck | undefined) =>
    check != null &&
    [...check.findings, ...(fails.get(check) ?? [])].some(({ effect }) => effect === 'refused');
  for (let changed = true; changed; ) {
    changed = false;
    for (const check of checks) {
      if (isRefused(check)) continue;
      const broken = check.uses.find((name) => isRefused(byName.get(name)));
      if (broken == null) continue;
      fails.get(check)?.push(refused('dependency', `needs module ${broken}, which does not load`));
      changed = true;
    }
  }
}

function reportOf(check: ModuleCheck, more: readonly ModuleFinding[]): ModuleReport {
  const findings = [...check.findings, ...more];
  return {
    file: check.file,
    name: check.name,
    loads: findings.every(({ effect }) => effect !== 'refused'),
    verdict: findings.every(({ effect }) => effect === 'note') ? 'pass' : 'fail',
    findings,
  };
}

/** A finding of a module as one of the whole tree: with the file that it is about. */
export function asTreeFinding(report: ModuleReport, finding: ModuleFinding): Finding {
  const { effect: _, ...plain } = finding;
  return { ...plain, where: { file: report.file, ...plain.where } };
}
