import type { Digest } from '../../system/digest.ts';

/** One move of one tag, as the record of a promotion tells it. */
export interface Link {
  /** Digest of the content of the record. */
  record: Digest;
  /** Name of the promotion. */
  id: string;
  kind: 'promotion' | 'rollback';
  /** Grows from record to record; 0 where the record has none (version 1). */
  sequence: number;
  /** ISO 8601. */
  finished: string;
  from: Digest | null;
  to: Digest;
  /** The record before it, null for none; undefined where the record names none (version 1). */
  previous: Digest | null | undefined;
  /** True when somebody who counts has signed it. */
  signed: boolean;
}

/**
 * The links that count, oldest first: what is signed, and what such a record names as the one
 * before, back to the time before records were signed. Where none is signed all are told. A promotion
 * that was recorded twice, since who recorded it had died, is one.
 */
export function countingLinks(links: readonly Link[]): Link[] {
  const signed = links.filter((link) => link.signed);
  const known = signed.length > 0 ? withNamed(signed, links) : links;
  const byId = new Map<string, Link>();
  for (const link of known.toSorted(inOrder)) {
    if (!byId.has(link.id) || isNamed(link, known)) byId.set(link.id, link);
  }
  return [...byId.values()].sort(inOrder);
}

/** Orders links from the oldest to the newest. */
export function inOrder(
  a: Pick<Link, 'sequence' | 'finished'>,
  b: Pick<Link, 'sequence' | 'finished'>,
): number {
  return (
    a.sequence - b.sequence || (a.finished < b.finished ? -1 : Number(a.finished > b.finished))
  );
}

function withNamed(signed: readonly Link[], links: readonly Link[]): Link[] {
  const known = new Map(signed.map((link) => [link.record, link]));
  const byRecord = new Map(links.map((link) => [link.record, link]));
  for (const link of known.values()) {
    const before = link.previous ? byRecord.get(link.previous) : undefined;
    // A map goes on to what is added while it is walked through.
    if (before) known.set(before.record, before);
  }
  return [...known.values()];
}

function isNamed({ record }: Link, links: readonly Link[]): boolean {
  return links.some(({ previous }) => previous === record);
}
