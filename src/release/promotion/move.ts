import { missing } from '../../oci/content.ts';
import { moved } from '../../oci/reference.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Audit, Move } from './plan.ts';

/** Where the tag of a move points now. */
export async function whereIs(
  registry: Registry,
  { repository, tag }: Pick<Move, 'repository' | 'tag'>,
): Promise<Digest | null> {
  return (await registry.repository(repository).resolve(tag))?.digest ?? null;
}

/** Moves one tag from where it must be now, and reads it back. */
export async function moveTag(registry: Registry, move: Move): Promise<void> {
  const repository = registry.repository(move.repository);
  await pointTag(repository, move.tag, { to: move.to, from: move.from });
}

/** Moves one tag back to where it was before; one that was not there is removed. */
export async function moveBack(registry: Registry, move: Move): Promise<void> {
  const repository = registry.repository(move.repository);
  if (move.from) await pointTag(repository, move.tag, { to: move.from, from: move.to });
  else await repository.untag(move.tag);
}

/** Writes the audit tag of a promotion, which is there only once. */
export async function writeAudit(registry: Registry, audit: Audit): Promise<void> {
  const repository = registry.repository(audit.repository);
  const now = await whereIs(registry, audit);
  if (now !== audit.digest) await pointTag(repository, audit.tag, { to: audit.digest, from: null });
}

async function pointTag(
  repository: Repository,
  tag: string,
  { to, from }: { to: Digest; from: Digest | null },
): Promise<void> {
  const descriptor = await repository.resolve(to);
  if (!descriptor) throw missing(to, repository.name);
  await repository.tag(tag, descriptor, from);
  const now = (await repository.resolve(tag))?.digest ?? null;
  if (now !== to) throw moved(repository.name, tag, to, now);
}
