import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import { countingLinks, inOrder, type Link } from './link.ts';

/** The head of a chain as it was seen last. */
export interface Head {
  record: Digest;
  sequence: number;
  /** ISO 8601. */
  finished: string;
}

/** What is to be seen of one tag. */
export interface TagSight {
  /** `REPOSITORY:TAG`. */
  tag: string;
  /** Where it points now. */
  now: Digest;
  /** Of every record that is there, in any order. */
  links: readonly Link[];
  /** Images that are there. */
  there: ReadonlySet<Digest>;
  /** True while a promotion that moves it there stands half done. */
  underWay: boolean;
  /** True when somebody is named whose signatures count. */
  mustBeSigned: boolean;
  /** The head that was seen last, where somebody remembers it. */
  remembered?: Head | undefined;
}

/** What is known of one tag, and what is wrong with it. */
export interface TagHistory {
  tag: string;
  now: Digest;
  /** Moves that count, oldest first. */
  links: Link[];
  head?: Head;
  findings: Finding[];
}

/** Holds a tag and the records of its moves against each other. Pure. */
export function judgeTag(sight: TagSight): TagHistory {
  const links = countingLinks(sight.links);
  const last = links.at(-1);
  const findings = [
    ...judgeEnd(sight, links),
    ...judgeSigners(sight, links),
    ...links.flatMap((link, at) => judgeLink(sight, links, { link, at })),
    ...judgeForks(sight, links),
    ...judgeMemory(sight, links),
  ];
  const { record, sequence = 0, finished } = last ?? {};
  const head = record && finished != null ? { record, sequence, finished } : undefined;
  return { tag: sight.tag, now: sight.now, links, ...(head && { head }), findings };
}

/** The tag itself: it must be where the newest record says. */
function judgeEnd({ tag, now, underWay }: TagSight, links: readonly Link[]): Finding[] {
  const last = links.at(-1);
  if (last?.to === now) return [];
  if (underWay) {
    const message = `a promotion of ${tag} is under way, or died half way`;
    return [{ rule: 'under-way', severity: 'info', message, hint: 'the next one sees to it' }];
  }
  const earlier = links.findLast(({ to }) => to === now);
  if (earlier) {
    const message = `${tag} was taken back to ${earlier.id} and no record says so`;
    return [wrong('silent-rollback', message, { expected: last?.to, found: now })];
  }
  const message = `${tag} points where no promotion has moved it`;
  return [wrong('swapped', message, { expected: last?.to ?? 'a promotion', found: now })];
}

/** Whoever may write to the registry can take signed records away and put others there. */
function judgeSigners({ tag, mustBeSigned }: TagSight, links: readonly Link[]): Finding[] {
  const last = links.at(-1);
  if (!mustBeSigned || !last || links.some(({ signed }) => signed)) return [];
  const message = `no record of ${tag} is signed by anybody who counts`;
  const hint =
    'the next promotion signs its record; if one was signed before, find out who may write to the registry';
  return [{ ...wrong('unsigned', message, { found: last.record }), hint }];
}

/** One link and the record that it names as the one before. */
function judgeLink(
  { tag, there }: TagSight,
  links: readonly Link[],
  { link, at }: { link: Link; at: number },
): Finding[] {
  const { previous, from, id } = link;
  if (previous === undefined || from === null) return [];
  if (previous === null) {
    if (at === 0) return [];
    const message = `somebody else had moved ${tag} before ${id}`;
    return [{ ...wrong('moved-before', message, { found: from }), severity: 'warning' }];
  }
  if (isAmong(links, previous)) return [];
  // A record goes with the image that it moved to; one whose image is there was removed by itself.
  if (!there.has(from)) return [];
  const message = `the record of how ${tag} came to ${from}, before ${id}, is missing`;
  return [wrong('gap', message, { expected: previous, found: 'no such record' })];
}

/** Two records cannot follow the same one, nor stand at the same place. */
function judgeForks({ tag }: TagSight, links: readonly Link[]): Finding[] {
  return links.flatMap((link, at) => {
    const other = links.slice(0, at).find((one) => isFork(one, link));
    if (!other) return [];
    const message = `${other.id} and ${link.id} both say what became of ${tag} after the same record`;
    const hint = 'two have signed without knowing of each other, or one record was put in later';
    return [{ ...wrong('fork', message, { found: link.record }), hint }];
  });
}

function isFork(a: Link, b: Link): boolean {
  if (a.previous != null && a.previous === b.previous) return true;
  return a.sequence > 0 && a.sequence === b.sequence;
}

/** What was seen once is still there, or has gone on. */
function judgeMemory({ tag, remembered }: TagSight, links: readonly Link[]): Finding[] {
  if (!remembered || links.some(({ record }) => record === remembered.record)) return [];
  const next = links.find((link) => inOrder(link, remembered) > 0);
  // What follows it may name it though it is gone by now, with the image that it moved to.
  const isLeftOut = !next || next.previous === null || isAmong(links, next.previous);
  if (!isLeftOut) return [];
  const message = `the newest record of ${tag} that was seen before is gone`;
  const found = links.at(-1)?.record ?? 'no record';
  return [wrong('cut-short', message, { expected: remembered.record, found })];
}

function isAmong(links: readonly Link[], record: Digest | undefined): boolean {
  return links.some((link) => link.record === record);
}

function wrong(
  rule: string,
  message: string,
  { expected, found }: { expected?: string | undefined; found: string },
): Finding {
  return {
    rule,
    severity: 'error',
    message,
    ...(expected != null && { expected }),
    found,
    hint: 'find out who may write to the registry; promote again what is to be stable',
  };
}
