import { removeManifest } from '../../oci/remove.ts';
import { canDeleteAll, canSweep, type Registry, type Repository } from '../../oci/repository.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import { cannot, type Intent, intentTag, readIntents, removeIntent } from '../promotion/intent.ts';
import { type Turn, type TurnOptions, takeTurn } from '../promotion/turn.ts';
import { observeRepository } from './observe.ts';
import { type CleanupPlan, type CleanupScope, planCleanup, type RetentionPolicy } from './plan.ts';
import { isOfEndedWork, type Removal } from './removal.ts';
import { requireStableThere, requireWholeLists, type TagName } from './whole.ts';

export interface CleanupOptions extends TurnOptions {
  registry: Registry;
  scope: CleanupScope;
  policy: RetentionPolicy;
  /** Done in the turn, before anything of these is removed. */
  beforeRemoval?: (removals: readonly Removal[]) => Promise<void>;
}

export interface CleanupResult {
  removed: Removal[];
  /** What still stands although the registry said that it is deleted: `repository:tag`. */
  left: string[];
  /** Tags of ended work that the registry does not let go of: `repository:tag`. They do no harm. */
  refused: string[];
  /** Blobs that were let go of because nothing names them; registries do this by themselves. */
  blobs: Digest[];
}

/** Hours that content without a name is left alone: somebody may be about to name it. */
const GRACE = 24;

/**
 * Looks at a stream's repositories and decides what may go; changes nothing. Throws `registry`
 * when a list of tags is not whole. `known` are tags that stood a moment ago.
 */
export async function proposeCleanup(
  options: CleanupOptions,
  known: readonly TagName[] = [],
): Promise<CleanupPlan> {
  const { registry, scope, policy, now } = options;
  const names = repositoriesOf(scope);
  // Intents first: what is promoted while we look is in one of the two.
  const running = await runningDigests(registry, names);
  const observed = [];
  for (const name of names) observed.push(await observeRepository(registry, name));
  requireStableThere(observed, scope);
  await requireWholeLists(registry, observed, { scope, known });
  return planCleanup(observed, scope, { policy, now: now(), running });
}

/**
 * Removes what a plan names and what may still go when nobody else is at work: it takes a turn,
 * looks again and leaves what has got a reason to stay meanwhile.
 */
export async function applyCleanup(
  plan: CleanupPlan,
  options: CleanupOptions,
): Promise<CleanupResult> {
  const { registry, scope } = options;
  const repositories = repositoriesOf(scope);
  const turn = await takeTurn({ registry, repositories, work: 'cleanup' }, options);
  try {
    await forgetDeadCleaners(turn, registry);
    const approved = new Set(plan.removals.map(keyOf));
    const again = await proposeCleanup(options, knownTags(plan, { turn, repositories }));
    const going = again.removals.filter((removal) => approved.has(keyOf(removal)));
    await options.beforeRemoval?.(going);
    const left: string[] = [];
    const refused: Removal[] = [];
    for (const name of new Set(going.map(({ repository }) => repository))) {
      const own = going.filter(({ repository }) => repository === name);
      const done = await removeAll(registry.repository(name), own, { turn, ...options });
      left.push(...done.left.map((one) => `${name}${one.includes(':') ? '@' : ':'}${one}`));
      refused.push(...done.refused);
    }
    return {
      removed: going.filter((removal) => !refused.includes(removal)),
      left,
      refused: refused.flatMap(({ repository, tags }) => tags.map((tag) => `${repository}:${tag}`)),
      blobs: await sweep(registry, repositories, options.now()),
    };
  } finally {
    await turn.end();
  }
}

/** Tags that stay by the first look, and the intents of this turn; all of it must be seen again. */
function knownTags(
  { kept }: CleanupPlan,
  { turn, repositories }: { turn: Turn; repositories: readonly string[] },
): TagName[] {
  const own = repositories.map((repository) => ({ repository, name: intentTag(turn.id) }));
  return [...kept.filter(({ name }) => !isDigest(name)), ...own];
}

/** Gives the names that still stand, and what of ended work a registry keeps that removes nothing. */
async function removeAll(
  repository: Repository,
  removals: readonly Removal[],
  { turn, signal }: { turn: Turn; signal?: AbortSignal | undefined },
): Promise<{ left: string[]; refused: Removal[] }> {
  await turn.hold();
  const left: string[] = [];
  const refused: Removal[] = [];
  if (canDeleteAll(repository)) {
    await repository.deleteAll(removals.map(({ descriptor }) => descriptor));
    return { left, refused };
  }
  for (const removal of removals) {
    signal?.throwIfAborted();
    await turn.hold();
    try {
      left.push(...(await removeManifest(repository, removal.descriptor, removal.tags)));
    } catch (error) {
      if (!isOfEndedWork(removal) || !cannot(error)) throw error;
      refused.push(removal);
    }
  }
  return { left, refused };
}

function repositoriesOf({ image, kmods, flists }: CleanupScope): string[] {
  return [...new Set([image, kmods, ...(flists == null ? [] : [flists])])].sort();
}

function keyOf({ repository, descriptor }: Removal): string {
  return `${repository}@${descriptor.digest}`;
}

/** Everything that promotions speak of which are under way or died half way. */
async function runningDigests(registry: Registry, names: readonly string[]): Promise<Digest[]> {
  const digests = new Set<Digest>();
  for (const name of names) {
    for (const { intent } of await readIntents(registry.repository(name))) {
      for (const digest of digestsOf(intent)) digests.add(digest);
    }
  }
  return [...digests];
}

function digestsOf({ plan }: Intent): Digest[] {
  if (!plan) return [];
  const moves = plan.moves.flatMap(({ from, to }) => (from ? [from, to] : [to]));
  return [
    ...moves,
    ...plan.artifacts.map(({ digest }) => digest),
    ...plan.copies.map(({ digest }) => digest),
  ];
}

/** A cleaner that died has left nothing to undo; promotions are seen to by the next promotion. */
async function forgetDeadCleaners(turn: Turn, registry: Registry): Promise<void> {
  for (const { repository, standing } of turn.left) {
    const { id, work } = standing.intent;
    if (work === 'cleanup') {
      await removeIntent(registry.repository(repository), id, standing.descriptor);
    }
  }
}

async function sweep(registry: Registry, names: readonly string[], now: Date): Promise<Digest[]> {
  const blobs: Digest[] = [];
  for (const name of names) {
    const repository = registry.repository(name);
    const olderThan = new Date(now.getTime() - GRACE * 3_600_000);
    if (canSweep(repository)) blobs.push(...(await repository.sweep(olderThan)));
  }
  return blobs;
}
