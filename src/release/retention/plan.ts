import type { Digest } from '../../system/digest.ts';
import { FOLLOWED_FLISTS } from '../flists/names.ts';
import { isEnded } from '../promotion/intent.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { linksOf } from './links.ts';
import { type Marks, markFrom, placeKey, type Root } from './mark.ts';
import type { ObservedRepository, StoredManifest } from './observe.ts';
import { type Removal, removalsOf } from './removal.ts';
import { type Role, roleOf, tagMatcher } from './roles.ts';

const DAY = 86_400_000;

/** What is kept beside what is kept always. */
export interface RetentionPolicy {
  /** Everything younger than this stays. */
  days: number;
  /** Of each kind, this many of the newest stay for each kernel and for the stream. */
  newest: number;
  /** Promotions that one can still roll back to, the newest (default all). */
  rollbacks?: number;
  /** Tags, or patterns of tags with `*`, that stay. */
  tags?: readonly string[];
}

/** The stream that is cleaned up after. */
export interface CleanupScope {
  image: string;
  kmods: string;
  /** The repository of the flists, for a stream that has them. */
  flists?: string;
  /** Templates of the tags that hosts follow. */
  stable: readonly string[];
}

export interface Kept {
  repository: string;
  /** A tag, or the digest of a manifest that has none. */
  name: string;
  reason: string;
}

/** What goes, what stays and why. Removals stand in the order in which they are safe. */
export interface CleanupPlan {
  kept: Kept[];
  removals: Removal[];
}

interface Named {
  repository: ObservedRepository;
  tag: string;
  digest: Digest;
  role: Role;
  stored: StoredManifest | undefined;
}

/**
 * Decides what may go. Pure. Kept are: what hosts follow, rollback targets, what a running
 * promotion speaks of, what was named, what lockstep did not make, what is young or among the
 * newest; and everything that any of those is made of, holds or is spoken of by.
 */
export function planCleanup(
  observed: readonly ObservedRepository[],
  scope: CleanupScope,
  options: { policy: RetentionPolicy; now: Date; running?: readonly Digest[] },
): CleanupPlan {
  const named = observed.flatMap((repository) => namesIn(repository, scope));
  const roots: Root[] = rootsOf(named, options.policy, options.now);
  for (const digest of options.running ?? []) {
    for (const repository of observed) {
      if (repository.manifests.has(digest))
        roots.push({ repository, digest, reason: 'in a running promotion' });
    }
  }
  roots.push(...young(observed, options.now));
  const links = linksOf(observed, scope);
  const marks = markFrom(roots, links);
  return {
    kept: [...keptOf(observed, marks), ...danglingIn(observed)],
    removals: removalsOf(observed, marks, links),
  };
}

function danglingIn(observed: readonly ObservedRepository[]): Kept[] {
  return observed.flatMap(({ name: repository, dangling = [] }) =>
    dangling.map((name) => ({ repository, name, reason: 'points to nothing' })),
  );
}

/** Templates of the tags that hosts follow in a repository. */
export function followedIn(name: string, { flists, stable }: CleanupScope): readonly string[] {
  return name === flists ? FOLLOWED_FLISTS : stable;
}

function namesIn(repository: ObservedRepository, scope: CleanupScope): Named[] {
  const isKmods = repository.name === scope.kmods && scope.kmods !== scope.image;
  return [...repository.tags].map(([tag, digest]) => {
    const stored = repository.manifests.get(digest);
    const role = stateOf(roleOf(tag, followedIn(repository.name, scope), isKmods), stored);
    return { repository, tag, digest, stored, role: isOurs(role, stored) ? role : 'foreign' };
  });
}

function stateOf(role: Role, stored: StoredManifest | undefined): Role {
  return role === 'intent' && isEnded(stored?.annotations) ? 'ended' : role;
}

/** Others name images of branches in the same way: ours say what they were made of. */
function isOurs(role: Role, stored: StoredManifest | undefined): boolean {
  return role !== 'branch' || stored?.annotations[IMAGE_ANNOTATION.key] != null;
}

function rootsOf(named: readonly Named[], policy: RetentionPolicy, now: Date): Root[] {
  const isNamed = tagMatcher(policy.tags ?? []);
  const newest = newestOf(named, policy);
  // The weightiest reason is told where a manifest has several names.
  const weight = ({ role }: Named) => ['stable', 'audit', 'intent', 'foreign'].indexOf(role) >>> 0;
  const byWeight = named.toSorted((a, b) => weight(a) - weight(b));
  return byWeight.flatMap((one) => {
    const reason = isNamed(one.tag)
      ? 'named to be kept'
      : (ALWAYS[one.role] ?? newest.get(one) ?? whenYoung(one, policy.days, now));
    return reason == null ? [] : [{ repository: one.repository, digest: one.digest, reason }];
  });
}

const ALWAYS: Partial<Record<Role, string>> = {
  stable: 'hosts follow it',
  heartbeat: 'says when upstream was last looked at',
  intent: 'somebody is at work, or died of it',
  foreign: 'lockstep did not make it',
};

/** Roles of which the newest are not kept for being it. */
const BY_AGE: readonly Role[] = ['audit', 'belongs', 'branch', 'ended', 'job', 'key'];

/** Roles that do not stay for being young. */
const AGELESS: readonly Role[] = ['audit', 'belongs', 'ended'];

/** Signatures and the like live and die with what they belong to, whatever their own age. */
function whenYoung({ role, stored }: Named, days: number, now: Date): string | undefined {
  if (AGELESS.includes(role)) return undefined;
  // Of what nobody knows the age nothing is taken.
  if (stored?.created == null) return 'its age is not known';
  return now.getTime() - stored.created < days * DAY ? `younger than ${days} days` : undefined;
}

/** Those that are kept as the newest of their kind. */
function newestOf(named: readonly Named[], policy: RetentionPolicy): Map<Named, string> {
  const reasons = new Map<Named, string>();
  const keep = (group: Named[], count: number, reason: string) => {
    for (const one of newestFirst(group).slice(0, count)) {
      if (!reasons.has(one)) reasons.set(one, reason);
    }
  };
  const rollbacks = policy.rollbacks ?? Number.POSITIVE_INFINITY;
  for (const group of grouped(named, ({ role, repository }) => `${role} ${repository.name}`)) {
    const role = group[0]?.role;
    if (role === 'audit') keep(group, rollbacks, 'a rollback target');
    if (role == null || BY_AGE.includes(role)) continue;
    keep(group, policy.newest, `one of the newest ${policy.newest}`);
    for (const [kernel, same] of byKernel(group)) {
      keep(same, policy.newest, `one of the newest ${policy.newest} of kernel ${kernel}`);
    }
  }
  return reasons;
}

function newestFirst(group: readonly Named[]): Named[] {
  const time = ({ stored }: Named) => stored?.created ?? Number.POSITIVE_INFINITY;
  return group.toSorted((a, b) => time(b) - time(a) || (a.tag < b.tag ? 1 : -1));
}

function byKernel(group: readonly Named[]): Map<string, Named[]> {
  const kernelOf = (one: Named) => one.stored?.annotations['dev.lockstep.kernel'] ?? '';
  const groups = Map.groupBy(group, kernelOf);
  groups.delete('');
  return groups;
}

function grouped(named: readonly Named[], keyOf: (one: Named) => string): Named[][] {
  return [...Map.groupBy(named, keyOf).values()];
}

/** Manifests that nothing names yet, and that somebody may be about to name. */
function young(observed: readonly ObservedRepository[], now: Date): Root[] {
  const reason = 'without a name, but perhaps not for long';
  return observed.flatMap((repository) => {
    const { manifests } = repository;
    const tagged = new Set(repository.tags.values());
    const isAlone = ({ descriptor, subject }: StoredManifest) =>
      !tagged.has(descriptor.digest) && (subject == null || !manifests.has(subject));
    return [...manifests.values()]
      .filter((stored) => isAlone(stored) && isYoung(stored, now))
      .map(({ descriptor }) => ({ repository, digest: descriptor.digest, reason }));
  });
}

function isYoung({ created, subject }: StoredManifest, now: Date): boolean {
  return created == null ? subject == null : now.getTime() - created < DAY;
}

function keptOf(observed: readonly ObservedRepository[], marks: Marks): Kept[] {
  const kept: Kept[] = [];
  for (const { name: repository, tags, manifests } of observed) {
    const tagged = new Set(tags.values());
    const untagged = [...manifests.keys()].filter((digest) => !tagged.has(digest));
    for (const [name, digest] of [...tags, ...untagged.map((one) => [one, one] as const)]) {
      const reason = marks.get(placeKey(repository, digest));
      if (reason != null) kept.push({ repository, name, reason });
    }
  }
  return kept;
}
