import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { Client } from './client.ts';
import type { Answer } from './failure.ts';

/** Bytes of one page, and pages of one list. */
const PAGE_LIMIT = 16 << 20;
const PAGE_COUNT_LIMIT = 2_000;

const tagPage = z.looseObject({ tags: z.array(z.string()).nullable().default([]) });

/** Every tag of a repository, page by page (distribution-spec 1.1, "Listing tags"). */
export async function listTags(client: Client): Promise<string[]> {
  const tags = new Set<string>();
  for await (const { status, bytes } of pages(client, 'tags/list?n=1000')) {
    if (status === 404) return [];
    const page = tagPage.safeParse(parseJson(bytes)).data;
    if (!page) throw new LockstepError('invalid-content', `${client.name}: not a list of tags`);
    for (const tag of page.tags ?? []) tags.add(tag);
  }
  return [...tags].sort();
}

/** The pages of a list, each named by the `Link` header of the one before (RFC 8288). */
export async function* pages(
  client: Client,
  first: string,
  absent: readonly number[] = [404],
): AsyncGenerator<Answer> {
  let path: string | URL | undefined = first;
  const seen = new Set<string>();
  while (path) {
    const answer: Answer = await client.fetch(
      { method: 'GET', path, expect: [200, ...absent] },
      PAGE_LIMIT,
    );
    yield answer;
    seen.add(answer.url.href);
    path = nextOf(answer);
    if (path && (seen.has(path.href) || seen.size > PAGE_COUNT_LIMIT)) {
      throw new LockstepError('registry', `${client.name} lists pages without an end`);
    }
  }
}

/** The address that a `Link` header names as the next page; another host's is none. */
export function nextOf({ headers, url }: Pick<Answer, 'headers' | 'url'>): URL | undefined {
  const link = Array.isArray(headers.link) ? headers.link.join(', ') : (headers.link ?? '');
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link) ?? [];
  const next = target != null && URL.canParse(target, url.href) ? new URL(target, url) : undefined;
  // A list that goes on at another host would get our login or a list that is not theirs.
  return next?.origin === url.origin ? next : undefined;
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
