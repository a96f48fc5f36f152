import type { PromotionResult } from '../../release/promotion/apply.ts';
import type { PromotionPlan } from '../../release/promotion/plan.ts';
import { table } from './table.ts';

/** Tells what a promotion would do. */
export function showPlan(plan: PromotionPlan): string {
  const rows = plan.moves.map(({ repository, tag, from, to }) => [
    `${repository}:${tag}`,
    from ?? 'new',
    '→',
    to,
  ]);
  return rows.length > 0 ? table(rows) : 'every tag is there already';
}

/** Tells what a promotion did. */
export function showPromotion({ plan, recovered }: PromotionResult): string {
  const earlier = recovered.map(({ id, outcome }) => `earlier ${id}, which had died: ${outcome}`);
  const audits = plan.audits.map(({ repository, tag }) => `audit tag ${repository}:${tag}`);
  return [...earlier, showPlan(plan), ...audits].join('\n');
}
