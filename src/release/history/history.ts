import type { Stream } from '../../config/schema.ts';
import type { Reader, Registry } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { type Head, judgeTag, type TagHistory } from '../../trust/chain/judge.ts';
import { countingLinks, type Link } from '../../trust/chain/link.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { isSealed, readIntents } from '../promotion/intent.ts';
import { auditTags } from '../promotion/rollback.ts';
import { presentStable } from '../record/stable-tags.ts';
import { collectLinks, type FoundLinks } from './collect.ts';

export interface HistoryOptions {
  registry: Registry;
  /** Whose records count (default: everybody's). */
  seals?: Seals | undefined;
  /** This tag of the OS image alone. */
  tag?: string | undefined;
  /** Heads that were seen before, by `REPOSITORY:TAG`. */
  remembered?: Readonly<Record<string, Head>>;
}

/** How many tags are looked up together. */
const TOGETHER = 8;

/**
 * Holds every tag of a stream that promotions move against their records: those that hosts follow
 * first, of the OS image and then of the kmods. A tag that is not there is left out.
 */
export async function readHistory(
  { publish }: Stream,
  options: HistoryOptions,
): Promise<TagHistory[]> {
  const image = options.registry.repository(publish.image);
  const stable = options.tag == null ? await presentStable(image, publish.stable) : [options.tag];
  const histories = await historiesOf(publish.image, stable, options);
  if (options.tag != null || publish.kmods === publish.image) return histories;
  return [...histories, ...(await historiesOf(publish.kmods, [], options))];
}

async function historiesOf(
  name: string,
  stable: readonly string[],
  options: HistoryOptions,
): Promise<TagHistory[]> {
  const repository = options.registry.repository(name);
  const now = await placesOf(repository, [...stable, ...(await auditTags(options.registry, name))]);
  const found = await collectLinks(repository, { name, start: [...now.values()], ...options });
  const tags = [...new Set([...stable, ...movedTags(found)])];
  const places = await placesOf(repository, options.tag == null ? tags : stable);
  const half = await halfDone(repository, name, options.seals);
  return [...places].map(([tag, digest]) =>
    judgeTag({
      tag: `${name}:${tag}`,
      now: digest,
      links: found.links.get(tag) ?? [],
      there: found.there,
      underWay: half.get(tag) === digest,
      mustBeSigned: options.seals != null,
      remembered: options.remembered?.[`${name}:${tag}`],
    }),
  );
}

/** Tags of records that count: others may name whatever they like. */
function movedTags({ links }: FoundLinks): string[] {
  const all: Link[] = [...links.values()].flat();
  const isSigned = all.some(({ signed }) => signed);
  const counts = (own: Link[]) => !isSigned || countingLinks(own).some(({ signed }) => signed);
  return [...links].filter(([, own]) => counts(own)).map(([tag]) => tag);
}

async function placesOf(reader: Reader, tags: readonly string[]): Promise<Map<string, Digest>> {
  const places = await mapConcurrently(tags, TOGETHER, async (tag) => {
    const descriptor = await reader.resolve(tag);
    return descriptor ? [[tag, descriptor.digest] as const] : [];
  });
  return new Map(places.flat());
}

/** Where promotions that stand half done move their tags to. */
async function halfDone(
  repository: ReturnType<Registry['repository']>,
  name: string,
  seals: Seals | undefined,
): Promise<Map<string, Digest>> {
  const standing = (await readIntents(repository)).filter((one) => isSealed(one, seals));
  const moves = standing.flatMap(({ intent }) => intent.plan?.moves ?? []);
  return new Map(
    moves.filter((move) => move.repository === name).map(({ tag, to }) => [tag, to] as const),
  );
}
