import { z } from 'zod';
import type { Descriptor } from '../../oci/descriptor.ts';
import { requireTag } from '../../oci/reference.ts';
import type { Registry } from '../../oci/repository.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';

const DigestText = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));

/** Names as the registry that is promoted in knows them: without its own location. */
const Copy = z.object({ from: z.string(), to: z.string(), digest: DigestText });
const Audit = z.object({ repository: z.string(), tag: z.string(), digest: DigestText });
const Move = z.object({
  repository: z.string(),
  tag: z.string(),
  /** Where the tag points now, null when it is not there yet. */
  from: DigestText.nullable(),
  to: DigestText,
});

const Promoted = z.object({
  repository: z.string(),
  digest: DigestText,
  audit: z.array(z.string()),
  moving: z.array(z.string()),
});

/** Everything that a promotion does, in its order; data that is printed, recorded and applied. */
export const PromotionPlan = z.object({
  id: z.string(),
  /** A `copy` brings tags to where they are in another registry, and decides nothing. */
  kind: z.enum(['promotion', 'rollback', 'copy']),
  /** ISO 8601. */
  created: z.string(),
  /** What was asked for; the rest is what it takes to get there. */
  artifacts: z.array(Promoted),
  copies: z.array(Copy),
  audits: z.array(Audit),
  moves: z.array(Move),
});

export type PromotionPlan = z.infer<typeof PromotionPlan>;
export type Move = z.infer<typeof Move>;
export type Audit = z.infer<typeof Audit>;

/** One thing that is promoted together with others. */
export interface PromotedArtifact {
  /** Name of the repository within the registry, where its tags move. */
  repository: string;
  digest: Digest;
  /** Name of the repository that has it now, when that is another one. */
  source?: string;
  /** Immutable tags that name this promotion. */
  audit: readonly string[];
  /** Tags that move to it. */
  moving: readonly string[];
}

export interface PromotionRequest {
  /** Name of the run; unique, and sorts by time. */
  id: string;
  /** In the order in which their tags move: what hosts follow stands last. */
  artifacts: readonly PromotedArtifact[];
  kind?: PromotionPlan['kind'];
}

/** Where tags point now, by `repository:tag`. */
export type ObservedTags = ReadonlyMap<string, Digest | undefined>;

/** Looks at every tag that a promotion would write. */
export async function observeTags(
  registry: Registry,
  request: PromotionRequest,
): Promise<ObservedTags> {
  const observed = new Map<string, Digest | undefined>();
  for (const { repository, audit, moving } of request.artifacts) {
    for (const tag of [...audit, ...moving]) {
      const found: Descriptor | undefined = await registry.repository(repository).resolve(tag);
      observed.set(`${repository}:${tag}`, found?.digest);
    }
  }
  return observed;
}

/**
 * Plans a promotion. Pure. Tags that are where they belong are left out; an audit tag that names
 * something else is a `conflict`.
 */
export function planPromotion(
  request: PromotionRequest,
  observed: ObservedTags,
  now: Date,
): PromotionPlan {
  const { id, artifacts } = request;
  return {
    id,
    kind: request.kind ?? 'promotion',
    created: now.toISOString(),
    artifacts: artifacts.map(({ repository, digest, audit, moving }) => ({
      repository,
      digest,
      audit: [...audit],
      moving: [...moving],
    })),
    copies: artifacts.flatMap(({ repository, source, digest }) =>
      source == null || source === repository ? [] : [{ from: source, to: repository, digest }],
    ),
    audits: artifacts.flatMap((artifact) => auditsOf(artifact, observed)),
    moves: artifacts.flatMap((artifact) => movesOf(artifact, observed)),
  };
}

/** Names of the repositories whose tags a plan writes, sorted, each once. */
export function repositoriesOf(plan: Pick<PromotionPlan, 'audits' | 'moves'>): string[] {
  return [...new Set([...plan.audits, ...plan.moves].map(({ repository }) => repository))].sort();
}

function auditsOf(
  { repository, digest, audit }: PromotedArtifact,
  observed: ObservedTags,
): Audit[] {
  for (const tag of audit) {
    const now = observed.get(`${repository}:${requireTag(tag)}`);
    if (now == null || now === digest) continue;
    throw new LockstepError('conflict', `audit tag ${repository}:${tag} names ${now} already`, {
      context: { repository, tag, digest },
      hint: 'an audit tag never moves; promote under another name',
    });
  }
  return audit.map((tag) => ({ repository, tag, digest }));
}

function movesOf({ repository, digest, moving }: PromotedArtifact, observed: ObservedTags): Move[] {
  return moving
    .map((tag) => ({ tag: requireTag(tag), from: observed.get(`${repository}:${tag}`) ?? null }))
    .filter(({ from }) => from !== digest)
    .map(({ tag, from }) => ({ repository, tag, from, to: digest }));
}
