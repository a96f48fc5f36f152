import { copy } from '../../oci/copy.ts';
import type { Registry } from '../../oci/repository.ts';
import type { RunContext } from '../context/run-context.ts';
import { stableTags, tagValuesOf } from '../record/stable-tags.ts';
import { missingPasses } from '../record/verdicts.ts';
import { moveTag, whereIs } from './move.ts';
import type { Move } from './plan.ts';
import { requirePromotable } from './proof.ts';
import type { Promotable, Promoted } from './step.ts';

/**
 * Moves the one tag of a branch in the repository of main's images to the candidate, which is
 * copied there with its verdicts. A single tag moves at once or not at all: there is no intent
 * that main's promotions would have to wait for, and no audit tag for main to roll back to. The
 * gates are read from where the tag moves, right before it does.
 */
export async function promoteBranch(
  { ends, stream, main, emit }: Pick<RunContext, 'ends' | 'stream' | 'main' | 'emit'>,
  registry: Registry,
  { inputs, candidate, gates }: Promotable,
): Promise<Promoted> {
  const repository = main.image;
  const [tag = ''] = stableTags(stream.publish.stable, tagValuesOf(inputs));
  const from = await whereIs(registry, { repository, tag });
  const move: Move = { repository, tag, from, to: candidate.digest };
  if (from === candidate.digest) return { moves: [], audits: [] };
  const target = registry.repository(repository);
  await copy(ends.image, target, candidate, { referrers: true, digestTags: true });
  await requirePromotable(registry, [move], (end, digest) => missingPasses(end, digest, { gates }));
  await moveTag(registry, move);
  emit({ type: 'note', message: `${repository}:${tag} is ${move.to} now` });
  return { moves: [move], audits: [] };
}
