import type { Stated } from './support.ts';

interface Ordered extends Pick<Stated, 'conf'> {
  name: string;
}

/**
 * The modules in an order in which each comes after those that its dkms.conf depends on
 * (BUILD_DEPENDS), else as they are given. Of a circle the first comes last.
 */
export function buildOrder<T extends Ordered>(modules: readonly T[]): T[] {
  const ordered = new Set<T>();
  const visit = (module: T, way: readonly T[]) => {
    if (ordered.has(module) || way.includes(module)) return;
    for (const needed of neededBy(module, modules)) visit(needed, [...way, module]);
    ordered.add(module);
  };
  for (const module of modules) visit(module, []);
  return [...ordered];
}

function neededBy<T extends Ordered>({ conf }: T, modules: readonly T[]): T[] {
  return modules.filter((one) => one.conf?.name != null && conf?.depends.includes(one.conf.name));
}

/** What a dkms.conf depends on and no module of a list is, by its PACKAGE_NAME. */
export function absentDependencies({ conf }: Ordered, modules: readonly Ordered[]): string[] {
  // A name that only a shell can tell may be the one.
  if (modules.some((one) => one.conf && one.conf.name == null)) return [];
  return (conf?.depends ?? []).filter((name) => modules.every((one) => one.conf?.name !== name));
}
