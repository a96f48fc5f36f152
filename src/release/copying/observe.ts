import type { Reader, Registry } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { readIntents } from '../promotion/intent.ts';
import { type CopiedRepository, type CopyPlan, planCopy, requireNoConflict } from './plan.ts';

/** The two places of a copy. */
export interface CopyEnds {
  from: Registry;
  to: Registry;
}

const CONCURRENCY = 16;

/**
 * Looks at both ends and plans the copy; changes nothing. Throws `not-found` when none of the
 * repositories is there, `busy` when a promotion is under way or died half way at the source, and
 * `conflict` when a tag that never moves names something else at the other end.
 */
export async function proposeCopy(
  repositories: readonly CopiedRepository[],
  { from, to }: CopyEnds,
  options: { all?: boolean } = {},
): Promise<CopyPlan[]> {
  const plans: CopyPlan[] = [];
  for (const repository of repositories) {
    await requireAtRest(from, repository.name);
    const [here, there] = [from.repository(repository.name), to.repository(repository.name)];
    const observed = { from: await tagsIn(here), to: await tagsIn(there) };
    plans.push(planCopy(repository, observed, options));
  }
  if (plans.every(({ tags }) => tags.length === 0)) throw nothingThere(repositories, from);
  requireNoConflict(plans);
  return plans;
}

/** Tags that are about to move would be copied half moved. */
async function requireAtRest(registry: Registry, name: string): Promise<void> {
  const repository = registry.repository(name);
  const [standing] = await readIntents(repository);
  if (!standing) return;
  const { work, id } = standing.intent;
  throw new LockstepError('busy', `${repository.name}: a ${work} is under way, or died (${id})`, {
    hint: 'wait for it to end; lockstep run finishes or undoes one that died',
  });
}

async function tagsIn(reader: Reader): Promise<Map<string, Digest>> {
  const found = await mapConcurrently(await reader.tags(), CONCURRENCY, async (tag) => {
    const descriptor = await reader.resolve(tag);
    return descriptor ? [[tag, descriptor.digest] as const] : [];
  });
  return new Map(found.flat());
}

function nothingThere(
  repositories: readonly CopiedRepository[],
  registry: Registry,
): LockstepError {
  const names = repositories.map(({ name }) => registry.repository(name).name);
  return new LockstepError('not-found', `there is nothing to copy in ${names.join(' and ')}`, {
    hint: 'lockstep copy FROM TO takes the names of repositories from publish in lockstep.yaml',
  });
}
