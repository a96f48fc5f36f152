import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { streamOf } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import {
  canWriteTagged,
  isUnguarded,
  type Repository,
  type StoredManifest,
  type Unguarded,
} from './repository.ts';

/** How often a change is made again that another client's write undid. */
const ATTEMPTS = 12;

/** The manifest that a tag is to name in place of what it names now; undefined when that is good. */
export type TagChange = (now: Descriptor | undefined) => Promise<StoredManifest | undefined>;

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
  let written: Digest | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = await repository.resolve(tag);
    // What was written here has all that it is to have.
    if (written != null && now?.digest === written) return true;
    const next = await change(now);
    if (!next || next.descriptor.digest === now?.digest) return written != null;
    const started = performance.now();
    if (await moveTag(repository, tag, { next, now })) written = next.descriptor.digest;
    if (!isUnguarded(repository)) {
      if (written != null) return true;
      continue;
    }
    // Others look at the tag and move it in no longer than we.
    await sleep(settleTime(repository, attempt, performance.now() - started));
  }
  throw new LockstepError('conflict', `${repository.name}:${tag} keeps changing`, {
    hint: 'another client writes it all the time; call again later',
  });
}

/** Stores the manifest under the tag; false when somebody else has moved the tag since. */
async function moveTag(
  repository: Repository,
  tag: string,
  { next, now }: { next: StoredManifest; now: Descriptor | undefined },
): Promise<boolean> {
  const expected = now?.digest ?? null;
  try {
    if (canWriteTagged(repository)) await repository.writeTagged(tag, next, expected);
    else {
      await repository.write(next.descriptor, streamOf(next.bytes));
      await repository.tag(tag, next.descriptor, expected);
    }
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
