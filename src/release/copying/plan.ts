import { subjectOfList } from '../../oci/reference.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { type Role, roleOf } from '../retention/roles.ts';

/** A repository that is copied, and what its tags are for. */
export interface CopiedRepository {
  name: string;
  /** Templates of the tags that hosts follow. */
  stable: readonly string[];
  isKmods: boolean;
  /** Whether hosts follow it; those of branches have no promotions. */
  isMain: boolean;
}

/** Where the tags of a repository point, at both ends. */
export interface ObservedEnds {
  from: ReadonlyMap<string, Digest>;
  to: ReadonlyMap<string, Digest>;
}

/**
 * What becomes of a tag: it `stands` there already, is made with what it names (`copy`), is moved
 * there from something else (`move`), or names for good something else there (`conflict`).
 * `promote`: hosts follow it, so it moves last, and only to what has passed every gate.
 */
export type CopyAction = 'stands' | 'copy' | 'move' | 'promote' | 'conflict';

export interface PlannedTag {
  tag: string;
  role: Role;
  digest: Digest;
  /** Where it points at the other end, null when it is not there. */
  at: Digest | null;
  /** Whether hosts follow it. */
  isFollowed: boolean;
  action: CopyAction;
}

/** What a copy does to one repository. */
export interface CopyPlan {
  repository: string;
  tags: PlannedTag[];
}

/** Tags that never move: each names one run, or one promotion. */
const FOR_GOOD: readonly Role[] = ['audit', 'run'];

/** What others made, and what branches have of their own, is copied only when all is asked for. */
const ONLY_WITH_ALL: readonly Role[] = ['foreign', 'branch'];

/**
 * Plans the copy of a repository. Pure. Left out are the intents of promotions, which belong to
 * where they stand, and lists of referrers, which the other end makes itself.
 */
export function planCopy(
  repository: CopiedRepository,
  observed: ObservedEnds,
  { all = false }: { all?: boolean } = {},
): CopyPlan {
  const tags = [...observed.from].flatMap(([tag, digest]): PlannedTag[] => {
    const role = roleOf(tag, repository.stable, repository.isKmods);
    const isLeftOut = role === 'intent' || subjectOfList(tag) != null;
    if (isLeftOut || (!all && ONLY_WITH_ALL.includes(role))) return [];
    const at = observed.to.get(tag) ?? null;
    const promoted = role === 'stable' || (repository.isKmods && tag.startsWith('main-'));
    const isFollowed = repository.isMain && promoted;
    const one = { tag, role, digest, at, isFollowed };
    return [{ ...one, action: actionOf(one) }];
  });
  return { repository: repository.name, tags };
}

function actionOf(one: Omit<PlannedTag, 'action'>): CopyAction {
  if (one.at === one.digest) return 'stands';
  if (one.isFollowed) return 'promote';
  if (one.at == null) return 'copy';
  return FOR_GOOD.includes(one.role) ? 'conflict' : 'move';
}

/** Throws `conflict` when a tag that never moves names something else at the other end. */
export function requireNoConflict(plans: readonly CopyPlan[]): void {
  const conflicts = plans.flatMap(({ repository, tags }) =>
    tags.filter(({ action }) => action === 'conflict').map(({ tag }) => `${repository}:${tag}`),
  );
  if (conflicts.length === 0) return;
  throw new LockstepError(
    'conflict',
    `the other end has something else under ${conflicts.slice(0, 5).join(', ')}${conflicts.length > 5 ? ' and more' : ''}`,
    { hint: 'these tags never move; copy to a place without them, or remove them there' },
  );
}
