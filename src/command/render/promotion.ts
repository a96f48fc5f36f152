import type { PromotionResult } from '../../release/promotion/apply.ts';
import type { PromotionPlan } from '../../release/promotion/plan.ts';
import { type Style, sign } from '../text/style.ts';
import { table } from '../text/table.ts';

/** Tells what a promotion would do. */
export function showPlan(plan: PromotionPlan, style: Style): string {
  const rows = plan.moves.map(({ repository, tag, from, to }) => [
    `${repository}:${tag}`,
    from ?? 'new',
    sign(style, 'arrow'),
    to,
  ]);
  return rows.length > 0 ? table(rows, style) : 'every tag is there already';
}

/** Tells what a promotion did. */
export function showPromotion({ plan, recovered }: PromotionResult, style: Style): string {
  const earlier = recovered.map(({ id, outcome }) => `earlier ${id}, which had died: ${outcome}`);
  const audits = plan.audits.map(({ repository, tag }) => `audit tag ${repository}:${tag}`);
  return [...earlier, showPlan(plan, style), ...audits].join('\n');
}
