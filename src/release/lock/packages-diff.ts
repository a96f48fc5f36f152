/** What a comparison looks at of a package. */
export interface ListedPackage {
  name: string;
  version: string;
  architecture: string;
  sha256: string;
}

export interface ChangedPackage {
  name: string;
  from: string;
  to: string;
}

/** How one set of packages became another; each list in the order of names. */
export interface PackagesDiff {
  added: { name: string; version: string }[];
  removed: { name: string; version: string }[];
  upgraded: ChangedPackage[];
  downgraded: ChangedPackage[];
  /** Of the same version, with other content. */
  rebuilt: { name: string; version: string }[];
}

/** Orders two versions as their family does. */
export type CompareVersions = (a: string, b: string) => number;

/**
 * Compares two sets of packages. What stands once on each side under a name was changed; of what
 * may be installed in several versions at once (kernels), each version counts by itself.
 */
export function diffPackages(
  before: readonly ListedPackage[],
  after: readonly ListedPackage[],
  compare: CompareVersions,
): PackagesDiff {
  const sides = [grouped(before), grouped(after)] as const;
  const names = [...new Set(sides.flatMap((side) => [...side.keys()]))].sort();
  const diff: PackagesDiff = { added: [], removed: [], upgraded: [], downgraded: [], rebuilt: [] };
  for (const name of names) {
    const [was = [], is = []] = sides.map((side) => side.get(name) ?? []);
    const [one, other] = [was[0], is[0]];
    if (one && other && was.length === 1 && is.length === 1) addChange(diff, [one, other], compare);
    else addSeveral(diff, was, is);
  }
  return diff;
}

/** True when nothing in it differs. */
export function isEmpty(diff: PackagesDiff): boolean {
  return Object.values(diff).every((list: unknown[]) => list.length === 0);
}

function addChange(
  diff: PackagesDiff,
  [was, is]: readonly [ListedPackage, ListedPackage],
  compare: CompareVersions,
): void {
  const name = nameOf(is);
  const change = { name, from: was.version, to: is.version };
  const order = compare(was.version, is.version);
  if (was.sha256 === is.sha256) return;
  if (was.version === is.version) diff.rebuilt.push({ name, version: is.version });
  else if (order > 0) diff.downgraded.push(change);
  else diff.upgraded.push(change);
}

function addSeveral(
  diff: PackagesDiff,
  was: readonly ListedPackage[],
  is: readonly ListedPackage[],
): void {
  const without = (some: readonly ListedPackage[], others: readonly ListedPackage[]) => {
    const known = new Set(others.map(({ version, sha256 }) => `${version} ${sha256}`));
    return some
      .filter(({ version, sha256 }) => !known.has(`${version} ${sha256}`))
      .map((one) => ({ name: nameOf(one), version: one.version }));
  };
  diff.added.push(...without(is, was));
  diff.removed.push(...without(was, is));
}

function grouped(packages: readonly ListedPackage[]): Map<string, ListedPackage[]> {
  return Map.groupBy(packages, nameOf);
}

/** Packages of a foreign architecture are other packages; `all` and `noarch` go with the rest. */
function nameOf({ name, architecture }: ListedPackage): string {
  return ['i386', 'i686'].includes(architecture) ? `${name}:${architecture}` : name;
}
