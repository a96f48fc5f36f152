import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { type PromotionRecord, readPromotions } from './record.ts';

/** The newest record that somebody decided upon here: a copy only follows another registry. */
async function newestDecision(
  reader: Reader,
  digest: Digest,
  seals: Seals | undefined,
): Promise<PromotionRecord | undefined> {
  const records = await readPromotions(reader, digest, seals);
  return records.find(({ plan }) => plan.kind !== 'copy');
}

/** The rollback that brought a digest into use, undefined when it came there by a promotion. */
export async function rollbackTo(
  reader: Reader,
  digest: Digest,
  seals?: Seals,
): Promise<PromotionRecord | undefined> {
  const newest = await newestDecision(reader, digest, seals);
  const came = newest?.plan.moves.some(({ to }) => to === digest);
  return newest?.plan.kind === 'rollback' && came ? newest : undefined;
}

/**
 * The rollback that took a digest out of use, undefined when there is none or a later promotion
 * brought it back: a run must not promote it again by itself.
 */
export async function rollbackFrom(
  reader: Reader,
  digest: Digest,
  seals?: Seals,
): Promise<PromotionRecord | undefined> {
  const newest = await newestDecision(reader, digest, seals);
  const left = newest?.plan.moves.some(({ from }) => from === digest);
  return newest?.plan.kind === 'rollback' && left ? newest : undefined;
}

/** The run that brought a digest into use by a promotion, undefined when something else did. */
export async function promotedBy(
  reader: Reader,
  digest: Digest,
  seals?: Seals,
): Promise<string | undefined> {
  const newest = await newestDecision(reader, digest, seals);
  const came = newest?.plan.moves.some(({ to }) => to === digest);
  return newest?.plan.kind === 'promotion' && came ? newest.plan.id : undefined;
}
