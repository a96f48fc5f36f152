import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../system/error.ts';
import type { Descriptor } from './descriptor.ts';
import { isUnguarded, type Repository, type Unguarded } from './repository.ts';

/** How often a change is made again that another client's write undid. */
const ATTEMPTS = 12;

/** What a tag is to name in place of what it names now; undefined when that is good already. */
export type TagChange = (now: Descriptor | undefined) => Promise<Descriptor | undefined>;

/**
 * Moves a tag whose new manifest is made out of the old one, so that nothing is lost when several
 * clients do so at once: where registries cannot guard a tag it is looked for again after a while,
 * and changed again until the change stays. Tells whether it wrote; throws `conflict`.
 */
export async function changeTag(
  repository: Repository,
  tag: string,
  change: TagChange,
): Promise<boolean> {
  let wrote = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = await repository.resolve(tag);
    const next = await change(now);
    if (!next || next.digest === now?.digest) return wrote;
    const started = performance.now();
    wrote = (await moveTag(repository, tag, { next, now })) || wrote;
    if (!isUnguarded(repository)) {
      if (wrote) return true;
      continue;
    }
    // Others look at the tag and move it in no longer than we.
    await sleep(settleTime(repository, attempt, performance.now() - started));
  }
  throw new LockstepError('conflict', `${repository.name}:${tag} keeps changing`, {
    hint: 'another client writes it all the time; call again later',
  });
}

/** Moves the tag; false when somebody else has moved it since. */
async function moveTag(
  repository: Repository,
  tag: string,
  { next, now }: { next: Descriptor; now: Descriptor | undefined },
): Promise<boolean> {
  try {
    await repository.tag(tag, next, now?.digest ?? null);
    return true;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'conflict') return false;
    throw error;
  }
}

/** How long to wait; two that wait equally long each time would get in each other's way for ever. */
export function settleTime(
  { settleTime }: Pick<Unguarded, 'settleTime'>,
  attempt: number,
  took: number,
): number {
  return Math.max(settleTime, 4 * took) * (attempt === 1 ? 1 : 1 + Math.random() / 2);
}
