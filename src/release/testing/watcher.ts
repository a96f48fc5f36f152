import type { Registry } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { requireWhole } from '../promotion/proof.ts';
import { MOVING } from './jobs.ts';
import { keepLooking } from './looking.ts';

/** Looks at the tags that hosts follow all the time, and at what they point to. */
export interface Watcher {
  /** What was wrong, ever. */
  problems: string[];
  looks: number;
  moves: number;
  stop(): Promise<void>;
}

/** Starts to watch: every digest that a moving tag ever shows must be whole and audited. */
export function watch(registry: Registry): Watcher {
  const seen = new Map<string, Digest>();
  const watcher = { problems: [] as string[], looks: 0, moves: 0 };
  const look = async () => {
    for (const { repository, tag } of MOVING) {
      const digest = (await registry.repository(repository).resolve(tag))?.digest;
      const before = seen.get(`${repository}:${tag}`);
      if (before && !digest) watcher.problems.push(`${repository}:${tag} went away`);
      if (!digest || digest === before) continue;
      seen.set(`${repository}:${tag}`, digest);
      watcher.moves += 1;
      const problem = await problemWith(registry, repository, digest);
      if (problem) watcher.problems.push(`${repository}:${tag}: ${problem}`);
    }
    watcher.looks += 1;
  };
  const stop = keepLooking(look, (problem) => watcher.problems.push(problem));
  return Object.assign(watcher, { stop });
}

/** What is wrong with a digest that hosts would get now; undefined when all is well. */
export async function problemWith(
  registry: Registry,
  name: string,
  digest: Digest,
): Promise<string | undefined> {
  const repository = registry.repository(name);
  try {
    await requireWhole(repository, digest);
  } catch (error) {
    return `not whole: ${String(error)}`;
  }
  const audits = (await repository.tags()).filter((tag) => tag.startsWith('stable-'));
  for (const tag of audits.reverse()) {
    if (name === 'image' && !tag.endsWith(digest.slice(7, 14))) continue;
    if ((await repository.resolve(tag))?.digest === digest) return undefined;
  }
  return `${digest} has no audit tag`;
}
