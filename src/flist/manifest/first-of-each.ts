import type { Finding } from '../../system/finding.ts';

/** Findings of one rule that are told. */
const MOST = 20;

/** The first findings of each rule, and how many more there are: a manifest may have millions. */
export function firstOfEach(parts: readonly Iterable<Finding>[]): Finding[] {
  const told: Finding[] = [];
  const counts = new Map<string, { last: Finding; count: number }>();
  for (const part of parts) {
    for (const finding of part) {
      const { rule } = finding;
      const count = (counts.get(rule)?.count ?? 0) + 1;
      counts.set(rule, { last: finding, count });
      if (count <= MOST) told.push(finding);
    }
  }
  const more = [...counts.values()].filter(({ count }) => count > MOST);
  return [...told, ...more.map(({ last, count }) => furtherOnes(last, count - MOST))];
}

function furtherOnes({ rule, severity }: Finding, count: number): Finding {
  return { rule, severity, message: `and ${count} more of the rule ${rule}` };
}
