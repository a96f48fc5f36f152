import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import { PROMOTED_TAGS } from '../promotion/record.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { modulesOf } from '../record/stable-image.ts';
import { stableTags } from '../record/stable-tags.ts';
import type { ObservedRepository, StoredManifest } from './observe.ts';
import { type CleanupScope, followedIn } from './plan.ts';
import { roleOf } from './roles.ts';

/** A tag of a repository. */
export interface TagName {
  repository: string;
  name: string;
}

/**
 * Tags that must be among those observed when they are there at all: what hosts follow, by its
 * templates, and what records of promotions name: audit tags before all. Pure.
 */
export function expectedTags(
  observed: readonly ObservedRepository[],
  scope: CleanupScope,
): TagName[] {
  const expected = observed.flatMap(({ name: repository, manifests }) => {
    const stored = [...manifests.values()];
    const followed =
      repository === scope.image ? stored.flatMap((one) => followedBy(one, scope.stable)) : [];
    const plain =
      repository === scope.image ? scope.stable.filter((one) => !one.includes('{')) : [];
    const recorded = stored.flatMap(({ annotations }) =>
      (annotations[PROMOTED_TAGS] ?? '').split(' ').filter(Boolean),
    );
    return [...plain, ...followed, ...recorded].map((name) => ({ repository, name }));
  });
  return [...new Map(expected.map((one) => [`${one.repository}:${one.name}`, one])).values()];
}

/** The tags that hosts would follow if they followed this. */
function followedBy({ annotations }: StoredManifest, templates: readonly string[]): string[] {
  const osVersion = annotations[IMAGE_ANNOTATION.version];
  const kernel = annotations[IMAGE_ANNOTATION.kernel];
  if (osVersion == null || kernel == null) return [];
  return stableTags(templates, { osVersion, kernel, modules: modulesOf(annotations) });
}

/**
 * Throws `registry` when a list of tags lacks one that is there when it is asked for by its name:
 * what such a list does not show would be taken for gone. `known` are tags that stood a moment ago.
 */
export async function requireWholeLists(
  registry: Registry,
  observed: readonly ObservedRepository[],
  { scope, known }: { scope: CleanupScope; known: readonly TagName[] },
): Promise<void> {
  for (const { repository: at, name } of [...expectedTags(observed, scope), ...known]) {
    const own = observed.find((one) => one.name === at);
    if (!own || own.tags.has(name) || own.dangling?.includes(name)) continue;
    const repository = registry.repository(at);
    if (await repository.resolve(name)) throw notListed(`${repository.name}:${name}`);
  }
}

/** Throws `registry` when hosts follow a tag that points to nothing: nobody knows what it needs. */
export function requireStableThere(
  observed: readonly ObservedRepository[],
  scope: CleanupScope,
): void {
  for (const { name, dangling = [] } of observed) {
    if (name !== scope.image && name !== scope.flists) continue;
    const followed = followedIn(name, scope);
    const lost = dangling.find((tag) => roleOf(tag, followed, false) === 'stable');
    if (lost == null) continue;
    throw new LockstepError('registry', `hosts follow ${name}:${lost}, which points to nothing`, {
      hint: 'nothing is removed before it points to an image: lockstep promote, or rollback',
    });
  }
}

function notListed(tag: string): LockstepError {
  return new LockstepError(
    'registry',
    `the registry lists its tags without ${tag}, which is there`,
    {
      hint: 'nothing is removed on a list that is not whole; a proxy before the registry may cut it',
    },
  );
}
