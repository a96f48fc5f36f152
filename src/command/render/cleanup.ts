import type { BlockPlan } from '../../release/blocks/cleanup.ts';
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
export function sumUpCleanup(plan: CleanupPlan, store?: BlockPlan): string {
  const counts = `${plan.removals.length} go, ${plan.kept.length} stay`;
  const blocks = store?.stores.reduce((sum, one) => sum + one.blocks.length, 0) ?? 0;
  return blocks === 0 ? counts : `${counts}; with their flists go ${blocks} blocks of the store`;
}

function nameOf({ repository, tags, descriptor }: Removal): string {
  const [tag, ...others] = tags;
  if (tag == null) return `${repository}@${descriptor.digest}`;
  return `${repository}:${tag}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}
