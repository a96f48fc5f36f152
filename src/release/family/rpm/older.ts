import { compareEvr } from '../../../package/evr.ts';
import type { Finding } from '../../../system/finding.ts';
import type { ModuleInputs } from '../../inputs/modules.ts';

/** What of a module tells how old it is. */
type Dated = Pick<ModuleInputs, 'name' | 'kind' | 'version'>;

/**
 * Warns of each module that is older than the one that stable has: what hosts have must not be
 * replaced by an older one unsaid. A commit says by its version alone which of two is older.
 */
export function olderThanStable(
  modules: readonly Dated[],
  stable: Readonly<Record<string, string>>,
): Finding[] {
  return modules.flatMap((module) => {
    const floor = stable[module.name];
    if (floor == null || !isOlder(module, floor)) return [];
    return [finding(module, floor)];
  });
}

function isOlder({ kind, version }: Dated, floor: string): boolean {
  if (kind !== 'git') return compareEvr(version, floor) < 0;
  const [is, was] = [version, floor].map((text) => /^(.+)\+git[0-9a-f]{7}$/.exec(text)?.[1]);
  return is != null && was != null && compareEvr(is, was) < 0;
}

function finding({ name, version }: Dated, floor: string): Finding {
  return {
    rule: 'older-than-stable',
    severity: 'warning',
    message: `${name} ${version} is older than ${floor}, which stable has`,
    expected: floor,
    found: version,
    ...(name === 'zfs' && {
      hint: 'pools that were upgraded under the newer one cannot be imported with it',
    }),
  };
}
