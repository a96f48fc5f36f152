import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import type { Link } from '../../trust/chain/link.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { type StandingRecord, standingRecords } from '../promotion/record.ts';

/** How many images are looked at together, and how many at all. */
const TOGETHER = 8;
const LIMIT = 20_000;

/** The records of a repository, by the tags that they moved. */
export interface FoundLinks {
  links: Map<string, Link[]>;
  /** Images that records speak of and that are there. */
  there: Set<Digest>;
}

/**
 * Collects what the records of a repository say of its tags: from these images on to every other
 * one that a record there speaks of, so that a removed audit tag hides nothing.
 */
export async function collectLinks(
  reader: Reader,
  { name, start, seals }: { name: string; start: readonly Digest[]; seals?: Seals | undefined },
): Promise<FoundLinks> {
  const records = new Map<Digest, StandingRecord>();
  const there = new Set<Digest>();
  const seen = new Set<Digest>();
  for (let next = [...new Set(start)]; next.length > 0 && seen.size < LIMIT; ) {
    for (const digest of next) seen.add(digest);
    const found = await mapConcurrently(next, TOGETHER, async (digest) => {
      if (!(await reader.resolve(digest))) return [];
      there.add(digest);
      return standingRecords(reader, digest, seals);
    });
    for (const one of found.flat()) keep(records, one);
    const named = found.flat().flatMap(({ record }) => placesIn(record, name));
    next = [...new Set(named)].filter((digest) => !seen.has(digest));
  }
  return { links: linksOf([...records.values()], { name, asked: seals != null }), there };
}

/** Of the same record signed and unsigned the signed one is kept. */
function keep(records: Map<Digest, StandingRecord>, one: StandingRecord): void {
  if (!records.get(one.digest)?.counts) records.set(one.digest, one);
}

function placesIn({ plan }: StandingRecord['record'], name: string): Digest[] {
  const own = plan.moves.filter(({ repository }) => repository === name);
  return own.flatMap(({ from, to }) => (from ? [from, to] : [to]));
}

function linksOf(
  records: readonly StandingRecord[],
  { name, asked }: { name: string; asked: boolean },
): Map<string, Link[]> {
  const links = new Map<string, Link[]>();
  for (const { record, digest, counts } of records) {
    const { plan, finished } = record;
    if (plan.kind === 'copy') continue;
    for (const { repository, tag, from, to } of plan.moves) {
      if (repository !== name) continue;
      const chain =
        record.schema_version === 1
          ? { sequence: 0, previous: undefined }
          : { sequence: record.sequence, previous: record.previous[`${name}:${tag}`] };
      const { id, kind } = plan;
      const link = { record: digest, id, kind, ...chain, finished, from, to };
      links.set(tag, [...(links.get(tag) ?? []), { ...link, signed: asked && counts }]);
    }
  }
  return links;
}
