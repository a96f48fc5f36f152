import * as z from 'zod/mini';
import { LockstepError } from '../../system/error.ts';
import type { Client } from './client.ts';
import type { Answer } from './failure.ts';

/** Bytes of one page, and pages of one list. */
const PAGE_LIMIT = 16 << 20;
const PAGE_COUNT_LIMIT = 2_000;

const tagPage = z.looseObject({ tags: z._default(z.nullable(z.array(z.string())), []) });

/** What registries answer that cannot go on after a tag. */
const NO_LAST = [400, 404, 405, 501];

/**
 * Every tag of a repository, page by page (distribution-spec 1.1, "Listing tags"). A list that
 * comes to its end is asked once more for what follows its last tag: proxies drop `Link` headers,
 * and what is not listed may be taken for gone. Throws rather than give a part.
 */
export async function listTags(client: Client): Promise<string[]> {
  const tags = new Set<string>();
  let last = await addTags(client, { path: PAGE, absent: [404] }, tags);
  for (let pass = 1; last != null; pass += 1) {
    if (pass > PAGE_COUNT_LIMIT) throw endless(client);
    const path = `${PAGE}&last=${encodeURIComponent(last)}`;
    last = await addTags(client, { path, absent: NO_LAST }, tags);
  }
  return [...tags].sort();
}

const PAGE = 'tags/list?n=1000';

/** Adds what the pages of a list hold; the last tag of them when any was new. */
async function addTags(
  client: Client,
  { path, absent }: { path: string; absent: readonly number[] },
  tags: Set<string>,
): Promise<string | undefined> {
  const before = tags.size;
  let last: string | undefined;
  for await (const { status, bytes } of pages(client, path, absent)) {
    if (status !== 200) return undefined;
    const page = tagPage.safeParse(parseJson(bytes)).data;
    if (!page) throw new LockstepError('invalid-content', `${client.name}: not a list of tags`);
    for (const tag of page.tags ?? []) tags.add(tag);
    last = page.tags?.at(-1) ?? last;
  }
  return tags.size > before ? last : undefined;
}

/**
 * The pages of a list, each named by the `Link` header of the one before (RFC 8288), by whatever
 * name the registry calls itself there: a proxy before it may be known by another, and a list that
 * went on at another host would get our login. Only the first page may be `absent`.
 */
export async function* pages(
  client: Client,
  first: string,
  absent: readonly number[] = [404],
): AsyncGenerator<Answer> {
  const seen = new Set<string>();
  for (let path: string | URL | undefined = first; path; ) {
    const expect = [200, ...absent];
    const answer: Answer = await client.fetch({ method: 'GET', path, expect }, PAGE_LIMIT);
    if (seen.size > 0 && answer.status !== 200) throw broken(client, seen.size + 1, answer.status);
    yield answer;
    seen.add(answer.url.href);
    const next = nextOf(answer);
    path = next && sameAt(await client.origin(), next);
    if (path && (seen.has(path.href) || seen.size > PAGE_COUNT_LIMIT)) throw endless(client);
  }
}

/** The address at this origin; its host is never taken out of the path. */
function sameAt(origin: URL, { pathname, search }: URL): URL {
  const here = new URL(origin);
  here.pathname = pathname;
  here.search = search;
  return here;
}

/**
 * The address that a `Link` header names as the next page. Throws `registry` when it names one
 * that cannot be read: the list would be cut.
 */
export function nextOf({ headers, url }: Pick<Answer, 'headers' | 'url'>): URL | undefined {
  const text = [headers.link ?? []].flat().join(', ');
  for (const [, target = '', parameters = ''] of text.matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (!isNext(parameters)) continue;
    if (URL.canParse(target, url.href)) return new URL(target, url);
    throw unreadable(url, text);
  }
  if (isNext(text.replaceAll(/<[^<>]*>/g, ''))) throw unreadable(url, text);
  return undefined;
}

function isNext(parameters: string): boolean {
  const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters) ?? [];
  return (quoted ?? plain ?? '').toLowerCase().split(/\s+/).includes('next');
}

function unreadable({ host }: URL, link: string): LockstepError {
  return new LockstepError('registry', `${host} names a next page that cannot be read`, {
    context: { link: link.slice(0, 300) },
  });
}

function broken(client: Client, page: number, status: number): LockstepError {
  return new LockstepError(
    'registry',
    `${client.name} answers page ${page} of a list with ${status}: the list is not whole`,
    { context: { status }, hint: 'try again; a proxy before the registry may cut its lists' },
  );
}

function endless(client: Client): LockstepError {
  return new LockstepError('registry', `${client.name} lists pages without an end`);
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
