import { z } from 'zod';
import { type ArtifactLayer, tryArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { type Digest, digestOf, isDigest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { PromotionPlan } from './plan.ts';

/** Of the artifact, whatever the version of the record in it. */
export const PROMOTION_TYPE = 'application/vnd.lockstep.promotion.v1+json';

/** Annotation of a record: the tags that it wrote in the repository where it stands. */
export const PROMOTED_TAGS = 'dev.lockstep.promotion.tags';

const DigestText = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));

const RecordV1 = z.object({
  schema_version: z.literal(1),
  plan: PromotionPlan,
  /** ISO 8601; when the last tag had moved. */
  finished: z.string(),
});

const RecordV2 = RecordV1.extend({
  schema_version: z.literal(2),
  /** One more than that of each record before it; 0 of a copy, which stands in no chain. */
  sequence: z.number().int().nonnegative(),
  /** Of each tag that moved, as `repository:tag`: the digest of the record before, null for none. */
  previous: z.record(z.string(), DigestText.nullable()),
});

/** What one promotion did; attached to every digest that it moved a tag to or away from. */
export const PromotionRecord = z.discriminatedUnion('schema_version', [RecordV1, RecordV2]);
export type PromotionRecord = z.infer<typeof PromotionRecord>;
export type NewRecord = z.infer<typeof RecordV2>;

/** A record as it stands beside a digest. */
export interface StandingRecord {
  record: PromotionRecord;
  /** Of its content, by which the next one names it. */
  digest: Digest;
  /** True when somebody who counts has signed it, or no signature is asked for. */
  counts: boolean;
  layer: ArtifactLayer;
}

/** Every record of a promotion that moved a tag to or away from a digest, newest first. */
export async function standingRecords(
  reader: Reader,
  digest: Digest,
  seals?: Seals,
): Promise<StandingRecord[]> {
  const found: StandingRecord[] = [];
  for (const referrer of await reader.referrers(digest, PROMOTION_TYPE)) {
    // Anybody who may write can attach something broken, and that must not hide the others.
    const layer = (await tryArtifact(reader, referrer))?.layers[0];
    const one = layer && (await readLayer(layer, seals));
    if (one) found.push(one);
  }
  return found.sort((a, b) => (a.record.finished < b.record.finished ? 1 : -1));
}

/** The records among them that count. */
export async function readPromotions(
  reader: Reader,
  digest: Digest,
  seals?: Seals,
): Promise<PromotionRecord[]> {
  const standing = await standingRecords(reader, digest, seals);
  return standing.filter(({ counts }) => counts).map(({ record }) => record);
}

/** A record as a layer, signed where there are seals. */
export async function recordLayer(record: NewRecord, seals?: Seals): Promise<ArtifactLayer> {
  const bytes = Buffer.from(JSON.stringify(record));
  const sealed = await seals?.seal?.(PROMOTION_TYPE, bytes);
  return sealed ?? { mediaType: PROMOTION_TYPE, bytes };
}

/** Attaches a record to a digest. */
export async function attachRecord(
  repository: Repository,
  { subject, tags }: { subject: Descriptor; tags: readonly string[] },
  { record, layer }: Pick<StandingRecord, 'record' | 'layer'>,
): Promise<void> {
  await writeArtifact(repository, {
    artifactType: PROMOTION_TYPE,
    subject,
    annotations: {
      'org.opencontainers.image.created': record.finished,
      'dev.lockstep.promotion': record.plan.id,
      [PROMOTED_TAGS]: tags.join(' '),
    },
    layers: [layer],
  });
}

async function readLayer(
  layer: ArtifactLayer,
  seals: Seals | undefined,
): Promise<StandingRecord | undefined> {
  const signed = layer.mediaType !== PROMOTION_TYPE;
  const sealed = signed ? seals?.open(PROMOTION_TYPE, layer) : undefined;
  const bytes = sealed ?? (signed ? await unverified(layer) : layer.bytes);
  const record = bytes && PromotionRecord.safeParse(parseJson(bytes)).data;
  if (!record) return undefined;
  return { record, digest: digestOf(bytes), counts: sealed != null || seals == null, layer };
}

async function unverified(layer: ArtifactLayer): Promise<Uint8Array | undefined> {
  const { unverifiedContent } = await import('../../trust/dsse/seals.ts');
  return unverifiedContent(PROMOTION_TYPE, layer);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
