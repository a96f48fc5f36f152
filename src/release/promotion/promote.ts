import {
  type ApplyOptions,
  applyPromotion,
  type PromotionResult,
  recoverPromotions,
} from './apply.ts';
import { observeTags, type PromotionPlan, type PromotionRequest, planPromotion } from './plan.ts';

/**
 * Promotes: sees first to what died half way, since that may move the very tags, then looks where
 * they are, plans and applies. When all are where they belong by then, nothing more is written.
 */
export function promoteArtifacts(
  request: PromotionRequest,
  options: ApplyOptions,
): Promise<PromotionResult> {
  const repositories = request.artifacts.map(({ repository }) => repository);
  const planIt = async () =>
    planPromotion(request, await observeTags(options.registry, request), options.now());
  return afterRecovery(repositories, planIt, options);
}

/** The same for a plan that is made in another way, such as a rollback. */
export async function afterRecovery(
  repositories: readonly string[],
  planIt: () => Promise<PromotionPlan>,
  options: ApplyOptions,
): Promise<PromotionResult> {
  const before = await recoverPromotions([...new Set(repositories)].sort(), options);
  const planned = await planIt();
  if (planned.moves.length === 0) {
    return { plan: { ...planned, audits: [], copies: [] }, recovered: before };
  }
  const { plan, recovered } = await applyPromotion(planned, options);
  return { plan, recovered: [...before, ...recovered] };
}
