import type { Registry, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import type { Move, PromotionPlan } from './plan.ts';
import {
  attachRecord,
  type NewRecord,
  recordLayer,
  type StandingRecord,
  standingRecords,
} from './record.ts';

export interface WriteOptions {
  /** When the last tag had moved. */
  finished: Date;
  /** Signs the record, and tells which ones before it count. */
  seals?: Seals | undefined;
}

/**
 * Records a promotion in every repository that it moved tags of, with the one before it of each
 * tag. One that was begun by somebody who died is the same record where it was not written yet.
 */
export async function writePromotion(
  registry: Registry,
  plan: PromotionPlan,
  options: WriteOptions,
): Promise<void> {
  const subjects = subjectsOf(registry, plan);
  const standing = await standingAt(subjects, options.seals);
  const begun = standing.flat().find(({ record }) => record.plan.id === plan.id);
  const whole = begun ?? (await newRecord(plan, chainOf(plan, standing.flat()), options));
  // At the same time: a registry without referrers makes each of them wait for others' writes.
  await Promise.all(
    subjects.map(async ({ repository, digest, tags }, at) => {
      if (standing[at]?.some(({ record }) => record.plan.id === plan.id)) return;
      const subject = await repository.resolve(digest);
      if (subject) await attachRecord(repository, { subject, tags }, whole);
    }),
  );
}

interface Subject {
  repository: Repository;
  digest: Digest;
  tags: string[];
}

function subjectsOf(registry: Registry, plan: PromotionPlan): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const { repository: name, from, to } of plan.moves) {
    const repository = registry.repository(name);
    const tags = tagsOf(plan, name);
    for (const digest of [to, from]) {
      if (digest) subjects.set(`${name}@${digest}`, { repository, digest, tags });
    }
  }
  return [...subjects.values()];
}

function tagsOf({ audits, moves }: PromotionPlan, repository: string): string[] {
  const own = [...audits, ...moves].filter((one) => one.repository === repository);
  return own.map(({ tag }) => tag);
}

/** The records that count, of each subject. */
function standingAt(
  subjects: readonly Subject[],
  seals: Seals | undefined,
): Promise<StandingRecord[][]> {
  return Promise.all(
    subjects.map(async ({ repository, digest }) => {
      const standing = await standingRecords(repository, digest, seals);
      return standing.filter(({ counts }) => counts);
    }),
  );
}

async function newRecord(
  plan: PromotionPlan,
  chain: Pick<NewRecord, 'sequence' | 'previous'>,
  { finished, seals }: WriteOptions,
): Promise<Pick<StandingRecord, 'record' | 'layer'>> {
  const record = {
    schema_version: 2,
    ...chain,
    plan,
    finished: finished.toISOString(),
  } satisfies NewRecord;
  return { record, layer: await recordLayer(record, seals) };
}

/** What stands before a promotion: of each tag the newest record by which it came to where it was. */
function chainOf(
  { kind, moves }: PromotionPlan,
  standing: readonly StandingRecord[],
): Pick<NewRecord, 'sequence' | 'previous'> {
  if (kind === 'copy') return { sequence: 0, previous: {} };
  const before = moves.map((move) => ({ move, last: lastOf(move, standing) }));
  const known = before.map(({ last }) => (last ? sequenceOf(last) : 0));
  return {
    sequence: Math.max(...known, 0) + 1,
    previous: Object.fromEntries(
      before.map(({ move, last }) => [`${move.repository}:${move.tag}`, last?.digest ?? null]),
    ),
  };
}

function lastOf(
  { repository, tag, from }: Move,
  standing: readonly StandingRecord[],
): StandingRecord | undefined {
  return standing
    .filter(({ record: { plan } }) =>
      plan.kind !== 'copy'
        ? plan.moves.some(
            (one) => one.repository === repository && one.tag === tag && one.to === from,
          )
        : false,
    )
    .toSorted((a, b) => sequenceOf(b) - sequenceOf(a))[0];
}

function sequenceOf({ record }: StandingRecord): number {
  return record.schema_version === 1 ? 0 : record.sequence;
}
