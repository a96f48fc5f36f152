import type { Digest } from '../../system/digest.ts';
import type { Links, Place } from './links.ts';

/** A manifest that stays, and why. */
export interface Root extends Place {
  reason: string;
}

/** Why each manifest stays: `repository@digest` to reason. */
export type Marks = ReadonlyMap<string, string>;

export function placeKey(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

/** Marks the roots, and all that they need and all that speaks of them, and so on. */
export function markFrom(roots: readonly Root[], links: Links): Map<string, string> {
  const marks = new Map<string, string>();
  const waiting: Root[] = roots.toReversed();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const key = placeKey(next.repository.name, next.digest);
    if (marks.has(key)) continue;
    marks.set(key, next.reason);
    const { repository } = next;
    const name = links.nameOf(next);
    for (const needed of links.needsOf(next)) {
      waiting.push({ ...needed, reason: `part of ${name}` });
    }
    for (const speaker of links.speakersOf(next)) {
      waiting.push({ repository, digest: speaker, reason: `belongs to ${name}` });
    }
  }
  return marks;
}
