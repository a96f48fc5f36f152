import type { Stream } from '../../config/schema.ts';
import { type CopyResult, copy } from '../../oci/copy.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import type { Registry } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { type EventSink, silent } from '../../system/event.ts';
import { flistRepository } from '../channel/channel.ts';
import { type Counting, lookTrust, openTrust } from '../context/trust.ts';
import { keeperOf } from '../promotion/by-hand.ts';
import { readIntents, type StandingIntent } from '../promotion/intent.ts';
import { whereIs } from '../promotion/move.ts';
import type { Owner } from '../promotion/owner.ts';
import type { Move, PromotionPlan } from '../promotion/plan.ts';
import { afterRecovery } from '../promotion/promote.ts';
import type { CopyEnds } from './observe.ts';
import type { CopyPlan, PlannedTag } from './plan.ts';

export interface CopyProjectOptions extends CopyEnds {
  streams: readonly Stream[];
  /** The target again, but not ended by `signal`: what moves together must not be torn apart. */
  promotionRegistry: Registry;
  /** Folder of the configuration. */
  project: string;
  env: NodeJS.ProcessEnv;
  /** Unique name of this copy. */
  id: string;
  now: () => Date;
  signal: AbortSignal;
  /** Who takes the turn in which tags move (default this process). */
  owner?: Owner;
  emit?: EventSink;
}

/** What a copy did. */
export interface ProjectCopied {
  /** Manifests and blobs whose bytes were sent; taken from a sibling; there already. */
  copied: number;
  mounted: number;
  present: number;
  copiedBytes: number;
  /** Tags that hosts follow and that moved, by `repository:tag`. */
  moved: Record<string, Digest>;
}

/** A tag that hosts follow, and where it is to be. */
type Followed = Omit<Move, 'from'>;

/** Manifests with all that belongs to them that travel at the same time. */
const CONCURRENCY = 2;

/**
 * Copies what was planned with everything that belongs to it: verdicts, records, signatures. Tags
 * that hosts follow move last, together for each stream, and only to what has a recorded pass of
 * every gate at the target (`gate-failed` otherwise). Called again it goes on where it was.
 */
export async function copyProject(
  plans: readonly CopyPlan[],
  options: CopyProjectOptions,
): Promise<ProjectCopied> {
  const done = { copied: 0, mounted: 0, present: 0, copiedBytes: 0 };
  for (const plan of plans) {
    for (const one of await copyRepository(plan, options)) {
      done.copied += one.copied;
      done.mounted += one.mounted;
      done.present += one.present;
      done.copiedBytes += one.copiedBytes;
    }
  }
  return { ...done, moved: await moveFollowed(plans, options) };
}

async function copyRepository(
  { repository, tags }: CopyPlan,
  { from, to, signal, emit = silent }: CopyProjectOptions,
): Promise<CopyResult[]> {
  const [here, there] = [from.repository(repository), to.repository(repository)];
  const roots = [...Map.groupBy(tags, ({ digest }) => digest)];
  let left = roots.length;
  return mapConcurrently(roots, CONCURRENCY, async ([digest, named]) => {
    signal.throwIfAborted();
    const descriptor = await requireDescriptor(here, digest);
    const result = await copy(here, there, descriptor, { referrers: true });
    for (const { tag, at, action } of named) {
      if (action === 'copy' || action === 'move') await there.tag(tag, descriptor, at);
    }
    left -= 1;
    if (result.copied > 0)
      emit({ type: 'note', message: lineOf(named, result, { repository, left }) });
    return result;
  });
}

function lineOf(
  [first]: readonly PlannedTag[],
  { copiedBytes }: CopyResult,
  { repository, left }: { repository: string; left: number },
): string {
  const size = `${(copiedBytes / 1e6).toFixed(1)} MB`;
  return `copied ${repository}:${first?.tag}, ${size}; ${left} left in ${repository}`;
}

async function moveFollowed(
  plans: readonly CopyPlan[],
  options: CopyProjectOptions,
): Promise<ProjectCopied['moved']> {
  const moved: ProjectCopied['moved'] = {};
  for (const stream of options.streams) {
    const { kmods, image } = stream.publish;
    const flists = stream.flists ? [flistRepository(stream)] : [];
    // The tags that hosts follow stand in the image's repository and move last.
    const repositories = [...new Set([kmods, ...flists, image])];
    const wanted = repositories.flatMap((name) => plans.flatMap((plan) => followedIn(plan, name)));
    const standing = await standingIn(repositories, options);
    const isMoved = (await movesTo(wanted, options.promotionRegistry)).length === 0;
    if (isMoved && standing.length === 0) continue;
    const work = { repositories, wanted, standing };
    for (const move of await moveTogether(stream, work, options)) {
      moved[`${move.repository}:${move.tag}`] = move.to;
    }
  }
  return moved;
}

function followedIn({ repository, tags }: CopyPlan, name: string): Followed[] {
  const followed = repository === name ? tags.filter(({ isFollowed }) => isFollowed) : [];
  return followed.map(({ tag, digest }) => ({ repository, tag, to: digest }));
}

/** What those have left at the target who died of a copy or a promotion. */
async function standingIn(
  repositories: readonly string[],
  { promotionRegistry }: CopyProjectOptions,
): Promise<StandingIntent[]> {
  const intents = repositories.map((name) => readIntents(promotionRegistry.repository(name)));
  return (await Promise.all(intents)).flat();
}

interface Following {
  repositories: string[];
  wanted: Followed[];
  standing: readonly StandingIntent[];
}

async function moveTogether(
  stream: Stream,
  { repositories, wanted, standing }: Following,
  options: CopyProjectOptions,
): Promise<readonly Move[]> {
  const { promotionRegistry: registry, now, signal, owner, emit } = options;
  const { verdicts, records } = await countingFor(stream, standing, options);
  const counts = { anyTerms: true, seals: verdicts };
  const mayPromote = await keeperOf(stream, registry, { ...options, ...counts });
  const turn = { registry, now, signal, ...(owner && { owner }), ...(emit && { emit }) };
  const planIt = async () => promotionOf(await movesTo(wanted, registry), options);
  const around = { ...turn, mayPromote, seals: records };
  const { plan } = await afterRecovery(repositories, planIt, around);
  return plan.moves;
}

/**
 * Whose verdicts and intents count. A copy signs nothing; who died of a promotion is seen to by who
 * can sign its record, so only then the key is opened. Throws `config` or `usage` without it.
 */
async function countingFor(
  stream: Stream,
  standing: readonly StandingIntent[],
  options: CopyProjectOptions,
): Promise<Pick<Counting, 'verdicts' | 'records'>> {
  const isPromotion = standing.some(({ intent: { plan } }) => plan && plan.kind !== 'copy');
  const { verdicts } = await lookTrust(stream, options);
  if (!stream.trust || !isPromotion) return { verdicts };
  options.emit?.({ type: 'note', message: `${stream.name}: a promotion that died is ended first` });
  return (await openTrust(stream, options)) ?? { verdicts };
}

/** The moves that bring tags to where they are to be. */
async function movesTo(wanted: readonly Followed[], registry: Registry): Promise<Move[]> {
  const moves: Move[] = [];
  for (const one of wanted) {
    const from = await whereIs(registry, one);
    if (from !== one.to) moves.push({ ...one, from });
  }
  return moves;
}

function promotionOf(
  moves: Move[],
  { id, now }: Pick<CopyProjectOptions, 'id' | 'now'>,
): PromotionPlan {
  const artifacts = moves.map(({ repository, to, tag }) => ({
    repository,
    digest: to,
    audit: [],
    moving: [tag],
  }));
  const created = now().toISOString();
  return { id, kind: 'copy', created, artifacts, copies: [], audits: [], moves };
}
