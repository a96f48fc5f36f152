import { z } from 'zod';
import { readArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Registry, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { PromotionPlan } from './plan.ts';

export const PROMOTION_TYPE = 'application/vnd.lockstep.promotion.v1+json';

/** Annotation of a record: the tags that it wrote in the repository where it stands. */
export const PROMOTED_TAGS = 'dev.lockstep.promotion.tags';

/** What one promotion did; attached to every digest that it moved a tag to or away from. */
export const PromotionRecord = z.object({
  schema_version: z.literal(1),
  plan: PromotionPlan,
  /** ISO 8601; when the last tag had moved. */
  finished: z.string(),
});
export type PromotionRecord = z.infer<typeof PromotionRecord>;

/** Records a promotion in every repository that it moved tags of. */
export async function writePromotion(
  registry: Registry,
  plan: PromotionPlan,
  finished: Date,
): Promise<void> {
  const record = { schema_version: 1, plan, finished: finished.toISOString() } as const;
  const subjects = new Map<string, { repository: Repository; digest: Digest; tags: string[] }>();
  for (const { repository: name, from, to } of plan.moves) {
    const repository = registry.repository(name);
    const tags = tagsOf(plan, name);
    for (const digest of [to, from]) {
      if (digest) subjects.set(`${name}@${digest}`, { repository, digest, tags });
    }
  }
  // At the same time: a registry without referrers makes each of them wait for others' writes.
  await Promise.all(
    [...subjects.values()].map(async ({ repository, digest, tags }) => {
      const subject = await repository.resolve(digest);
      if (subject) await attach(repository, { subject, tags }, record);
    }),
  );
}

function tagsOf({ audits, moves }: PromotionPlan, repository: string): string[] {
  const own = [...audits, ...moves].filter((one) => one.repository === repository);
  return own.map(({ tag }) => tag);
}

/** Every promotion that moved a tag to or away from a digest, newest first. */
export async function readPromotions(reader: Reader, digest: Digest): Promise<PromotionRecord[]> {
  const records: PromotionRecord[] = [];
  for (const referrer of await reader.referrers(digest, PROMOTION_TYPE)) {
    const { layers } = await readArtifact(reader, referrer);
    const record = PromotionRecord.safeParse(parseJson(layers[0]?.bytes)).data;
    if (record) records.push(record);
  }
  return records.sort((a, b) => (a.finished < b.finished ? 1 : -1));
}

/** The newest of them that somebody decided upon here: a copy only follows another registry. */
async function newestDecision(
  reader: Reader,
  digest: Digest,
): Promise<PromotionRecord | undefined> {
  const records = await readPromotions(reader, digest);
  return records.find(({ plan }) => plan.kind !== 'copy');
}

/** The rollback that brought a digest into use, undefined when it came there by a promotion. */
export async function rollbackTo(
  reader: Reader,
  digest: Digest,
): Promise<PromotionRecord | undefined> {
  const newest = await newestDecision(reader, digest);
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
): Promise<PromotionRecord | undefined> {
  const newest = await newestDecision(reader, digest);
  const left = newest?.plan.moves.some(({ from }) => from === digest);
  return newest?.plan.kind === 'rollback' && left ? newest : undefined;
}

/** The run that brought a digest into use by a promotion, undefined when something else did. */
export async function promotedBy(reader: Reader, digest: Digest): Promise<string | undefined> {
  const newest = await newestDecision(reader, digest);
  const came = newest?.plan.moves.some(({ to }) => to === digest);
  return newest?.plan.kind === 'promotion' && came ? newest.plan.id : undefined;
}

async function attach(
  repository: Repository,
  { subject, tags }: { subject: Descriptor; tags: readonly string[] },
  record: PromotionRecord,
): Promise<void> {
  await writeArtifact(repository, {
    artifactType: PROMOTION_TYPE,
    subject,
    annotations: {
      'org.opencontainers.image.created': record.finished,
      'dev.lockstep.promotion': record.plan.id,
      [PROMOTED_TAGS]: tags.join(' '),
    },
    layers: [{ mediaType: PROMOTION_TYPE, bytes: Buffer.from(JSON.stringify(record)) }],
  });
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}
