import { missing } from '../../oci/content.ts';
import { readGraph } from '../../oci/graph.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { Move } from './plan.ts';

/** What stands against moving a tag of this repository to this digest; errors forbid it. */
export type MayPromote = (repository: Repository, digest: Digest) => Promise<Finding[]>;

/**
 * Throws unless every digest that tags are about to move to is there with all it is made of
 * (`not-found`), and nothing stands against it (`gate-failed`).
 */
export async function requirePromotable(
  registry: Registry,
  moves: readonly Move[],
  mayPromote: MayPromote,
): Promise<void> {
  const findings: Finding[] = [];
  for (const { repository: name, to } of unique(moves)) {
    const repository = registry.repository(name);
    await requireWhole(repository, to);
    findings.push(...(await mayPromote(repository, to)));
  }
  if (passes(findings)) return;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const digest = moves.at(-1)?.to;
  throw new LockstepError(
    'gate-failed',
    [...new Set(errors.map(({ message }) => message))].join('; '),
    {
      context: { digest },
      hint: errors[0]?.hint ?? 'no tag was moved',
    },
  );
}

/** Throws `not-found` unless a manifest is there with every blob of its graph. */
export async function requireWhole(repository: Repository, digest: Digest): Promise<void> {
  const root = await repository.resolve(digest);
  if (!root) throw missing(digest, repository.name);
  const { blobs } = await readGraph(repository, root);
  await mapConcurrently(blobs, 8, async (blob) => {
    if (!(await repository.has(blob))) throw missing(blob.digest, repository.name);
  });
}

function unique(moves: readonly Move[]): Move[] {
  return [...new Map(moves.map((move) => [`${move.repository}@${move.to}`, move])).values()];
}
