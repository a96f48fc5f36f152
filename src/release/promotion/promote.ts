import {
  type ApplyOptions,
  applyPromotion,
  type PromotionResult,
  recoverPromotions,
} from './apply.ts';
import { observeTags, type PromotionPlan, type PromotionRequest, planPromotion } from './plan.ts';

/**
 * Promotes: sees first to what died half way, since that may move the very tags, then looks where
 * they are, plans and applies.
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
  const { plan, recovered } = await applyPromotion(await planIt(), options);
  return { plan, recovered: [...before, ...recovered] };
}
