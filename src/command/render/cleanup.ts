import type { CleanupPlan } from '../../release/retention/plan.ts';
import type { Removal } from '../../release/retention/removal.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** Tells what goes, what stays, and why. */
export function showCleanup(plan: CleanupPlan, style: Style): string {
  const gone = plan.removals.map((removal) => ['goes', nameOf(removal), removal.reason]);
  const named = plan.kept.filter(({ name }) => !name.includes(':'));
  const kept = named.map(({ repository, name, reason }) => [
    'stays',
    `${repository}:${name}`,
    reason,
  ]);
  const others = plan.kept.length - named.length;
  const rest =
    others > 0 ? [['stays', `${others} without a tag`, 'part of these, or about them']] : [];
  return table([...gone, ...kept, ...rest], style);
}

/** One line that sums a plan up. */
export function sumUpCleanup(plan: CleanupPlan): string {
  return `${plan.removals.length} go, ${plan.kept.length} stay`;
}

function nameOf({ repository, tags, descriptor }: Removal): string {
  const [tag, ...others] = tags;
  if (tag == null) return `${repository}@${descriptor.digest}`;
  return `${repository}:${tag}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}
