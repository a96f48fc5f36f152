import type { Descriptor } from '../../oci/descriptor.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import type { Digest } from '../../system/digest.ts';
import { INTENT_TAG } from '../promotion/intent.ts';
import type { Links, Place } from './links.ts';
import { type Marks, placeKey } from './mark.ts';
import type { ObservedRepository } from './observe.ts';

/** A manifest that goes, with all its tags. */
export interface Removal {
  repository: string;
  descriptor: Descriptor;
  tags: string[];
  reason: string;
}

/** True of what is left of work that has ended: intents of running work never go. */
export function isOfEndedWork({ tags }: { tags: readonly string[] }): boolean {
  return tags.length > 0 && tags.every((tag) => INTENT_TAG.test(tag));
}

/**
 * Everything that is not marked, in an order that is safe to stop at: what speaks of something
 * goes before it, as nobody would find it afterwards; what needs something goes before it, as it
 * would be broken afterwards.
 */
export function removalsOf(
  observed: readonly ObservedRepository[],
  marks: Marks,
  links: Links,
): Removal[] {
  const going = observed.flatMap((repository) =>
    [...repository.manifests.keys()]
      .filter((digest) => !marks.has(placeKey(repository.name, digest)))
      .map((digest) => ({ repository, digest })),
  );
  const tags = new Map(observed.map((repository) => [repository.name, tagsByDigest(repository)]));
  return inOrder(going, links).map(({ repository, digest }) => {
    const own = tags.get(repository.name)?.get(digest) ?? [];
    const stored = repository.manifests.get(digest);
    const subject = stored?.subject ?? subjectOfTag(own[0] ?? '');
    return {
      repository: repository.name,
      descriptor: stored?.descriptor ?? { mediaType: '', digest, size: 0 },
      tags: own,
      reason: reasonFor(subject, own, repository),
    };
  });
}

function reasonFor(
  subject: Digest | undefined,
  tags: readonly string[],
  { manifests }: ObservedRepository,
): string {
  if (subject) return `${manifests.has(subject) ? 'goes with' : 'its subject is gone:'} ${subject}`;
  if (isOfEndedWork({ tags })) return 'its promotion or cleanup has ended';
  return tags.length > 0 ? 'old, and not among the newest' : 'nothing names it';
}

function inOrder(going: readonly Place[], links: Links): Place[] {
  const before = new Map<string, Place[]>();
  for (const place of going) {
    for (const needed of links.needsOf(place)) {
      const key = placeKey(needed.repository.name, needed.digest);
      before.set(key, [...(before.get(key) ?? []), place]);
    }
  }
  const wanted = new Set(going.map(({ repository, digest }) => placeKey(repository.name, digest)));
  const ordered: Place[] = [];
  const visit = (place: Place): void => {
    const key = placeKey(place.repository.name, place.digest);
    if (!wanted.delete(key)) return;
    const speakers = links.speakersOf(place).map((digest) => ({ ...place, digest }));
    for (const earlier of [...speakers, ...(before.get(key) ?? [])]) visit(earlier);
    ordered.push(place);
  };
  for (const place of going) visit(place);
  return ordered;
}

function tagsByDigest({ tags }: ObservedRepository): Map<Digest, string[]> {
  const groups = Map.groupBy(tags, ([, digest]) => digest);
  return new Map([...groups].map(([digest, entries]) => [digest, entries.map(([tag]) => tag)]));
}
