import type { Reader, Registry } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { observeTags, type PromotionPlan, type PromotionRequest, planPromotion } from './plan.ts';
import { readPromotions } from './record.ts';

export interface RollbackRequest {
  /** Unique name of this rollback. */
  id: string;
  /** Name of the repository that hosts follow. */
  repository: string;
  /** Tags that hosts follow; those of the record decide where there is one. */
  stable: readonly string[];
  /** Where to go back to; the promotion before the present one when not given. */
  audit?: string;
  /** Whose records count (default: everybody's). */
  seals?: Seals | undefined;
}

/** Audit tags sort by time: `stable-{run}-{sha7}`. */
const AUDIT_TAG = /^stable-.+-[0-9a-f]{7,}$/;

/** Audit tags of a repository, oldest first. */
export async function auditTags(registry: Registry, repository: string): Promise<string[]> {
  return (await registry.repository(repository).tags()).filter((tag) => AUDIT_TAG.test(tag)).sort();
}

/**
 * Plans the way back to an earlier audit tag: everything that was promoted together with it goes
 * back together. Throws `not-found` when there is no such tag or nothing earlier.
 */
export async function planRollback(
  registry: Registry,
  request: RollbackRequest,
  now: Date,
): Promise<PromotionPlan> {
  const repository = registry.repository(request.repository);
  const audit = request.audit ?? (await previousAudit(registry, request));
  const target = await repository.resolve(audit);
  if (!target) {
    throw new LockstepError('not-found', `${repository.name} has no tag ${audit}`, {
      hint: `audit tags are: ${(await auditTags(registry, request.repository)).slice(-5).join(', ')}`,
    });
  }
  const records = await readPromotions(repository, target.digest, request.seals);
  const record = records.find(({ plan }) => plan.audits.some(({ tag }) => tag === audit));
  const alone = { repository: request.repository, digest: target.digest, audit: [audit] };
  const artifacts = record?.plan.artifacts ?? [{ ...alone, moving: request.stable }];
  const wanted: PromotionRequest = { id: request.id, kind: 'rollback', artifacts };
  return planPromotion(wanted, await observeTags(registry, wanted), now);
}

/** True when a promotion under this audit tag came to its end. */
async function wasPromoted(
  repository: Reader,
  { digest, tag }: { digest: Digest; tag: string },
  seals: Seals | undefined,
): Promise<boolean> {
  const records = await readPromotions(repository, digest, seals);
  return records.some(({ plan }) => plan.audits.some((audit) => audit.tag === tag));
}

/** The audit tag before the one that names where the first stable tag is. */
async function previousAudit(registry: Registry, request: RollbackRequest): Promise<string> {
  const repository = registry.repository(request.repository);
  const present = await repository.resolve(request.stable[0] ?? 'latest');
  let passed = false;
  for (const tag of (await auditTags(registry, request.repository)).reverse()) {
    const digest = (await repository.resolve(tag))?.digest;
    const isEarlier = passed && digest && digest !== present?.digest;
    if (isEarlier && (await wasPromoted(repository, { digest, tag }, request.seals))) return tag;
    passed ||= digest != null && digest === present?.digest;
  }
  throw new LockstepError('not-found', `${repository.name} has no earlier promotion`, {
    hint: 'name the audit tag to go back to',
  });
}
