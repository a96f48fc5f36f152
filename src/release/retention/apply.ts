import { canDeleteAll, canSweep, type Registry, type Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { type Intent, readIntents, removeIntent } from '../promotion/intent.ts';
import { type Turn, type TurnOptions, takeTurn } from '../promotion/turn.ts';
import { observeRepository } from './observe.ts';
import { type CleanupPlan, type CleanupScope, planCleanup, type RetentionPolicy } from './plan.ts';
import type { Removal } from './removal.ts';

export interface CleanupOptions extends TurnOptions {
  registry: Registry;
  scope: CleanupScope;
  policy: RetentionPolicy;
}

export interface CleanupResult {
  removed: Removal[];
  /** Blobs that were let go of because nothing names them; registries do this by themselves. */
  blobs: Digest[];
}

/** Hours that content without a name is left alone: somebody may be about to name it. */
const GRACE = 24;

/** Looks at a stream's repositories and decides what may go; changes nothing. */
export async function proposeCleanup(options: CleanupOptions): Promise<CleanupPlan> {
  const { registry, scope, policy, now } = options;
  const names = repositoriesOf(scope);
  // Intents first: what is promoted while we look is in one of the two.
  const running = await runningDigests(registry, names);
  const observed = [];
  for (const name of names) observed.push(await observeRepository(registry, name));
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
    const again = await proposeCleanup(options);
    const removed = again.removals.filter((removal) => approved.has(keyOf(removal)));
    for (const name of new Set(removed.map(({ repository }) => repository))) {
      const own = removed.filter(({ repository }) => repository === name);
      await removeAll(registry.repository(name), own, { turn, signal: options.signal });
    }
    return { removed, blobs: await sweep(registry, repositories, options.now()) };
  } finally {
    await turn.end();
  }
}

async function removeAll(
  repository: Repository,
  removals: readonly Removal[],
  { turn, signal }: { turn: Turn; signal: AbortSignal | undefined },
): Promise<void> {
  const descriptors = removals.map(({ descriptor }) => descriptor);
  await turn.hold();
  if (canDeleteAll(repository)) return repository.deleteAll(descriptors);
  for (const descriptor of descriptors) {
    signal?.throwIfAborted();
    await turn.hold();
    await repository.delete(descriptor);
  }
  return undefined;
}

function repositoriesOf({ image, kmods }: CleanupScope): string[] {
  return [...new Set([image, kmods])].sort();
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
