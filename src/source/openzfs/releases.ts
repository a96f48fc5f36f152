import { z } from 'zod';
import type { Answer } from '../../oci/remote/failure.ts';
import { nextOf, parseJson } from '../../oci/remote/pages.ts';
import { placeOf } from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import type { Github } from './github.ts';
import { compareVersions, versionOfTag } from './version.ts';

const PAGE_LIMIT = 16 << 20;
const PAGE_COUNT_LIMIT = 50;

/** A file of a release. */
export interface ReleaseAsset {
  name: string;
  /** Bytes. */
  size: number;
  url: string;
}

/** One release of OpenZFS. */
export interface Release {
  /** `2.4.4` */
  version: string;
  /** `zfs-2.4.4` */
  tag: string;
  /** Day of its publication: `2026-08-21`. */
  date?: string;
  assets: ReleaseAsset[];
}

/** State of a file that has come in whole. */
const UPLOADED = 'uploaded';

const page = z.array(
  z.looseObject({
    tag_name: z.string().max(1000),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    published_at: z.string().nullish(),
    assets: z
      .array(
        z.looseObject({
          name: z.string().max(1000),
          size: z.int().nonnegative(),
          browser_download_url: z.url({ protocol: /^https?$/ }),
          state: z.string().default(UPLOADED),
        }),
      )
      .default([]),
  }),
);

/**
 * Every release of the repository, highest version first; drafts, candidates, branch points and
 * tags that are not wholly `zfs-X.Y.Z` left out. The order in which GitHub lists them (by day of
 * creation, all lines mixed) means nothing here. Throws `invalid-content` for what is no list.
 */
export async function releasesOf(github: Github): Promise<Release[]> {
  const found = new Map<string, Release>();
  for await (const answer of pagesOf(github)) {
    for (const one of readPage(answer)) found.set(one.version, one);
  }
  return [...found.values()].sort((a, b) => compareVersions(b.version, a.version));
}

async function* pagesOf(github: Github): AsyncGenerator<Answer> {
  let next: string | URL | undefined = `${github.repository}/releases?per_page=100`;
  const seen = new Set<string>();
  while (next) {
    const accept = 'application/vnd.github+json';
    const answer: Answer = await github.ask(next, { accept, limit: PAGE_LIMIT });
    yield answer;
    seen.add(String(next));
    next = nextOf(answer);
    if (next && next.origin !== answer.url.origin) {
      throw wrongPage(answer, 'its next page is at another host');
    }
    if (next && (seen.has(next.href) || seen.size >= PAGE_COUNT_LIMIT)) {
      throw wrongPage(answer, `more than ${seen.size} pages, without an end`);
    }
  }
}

function readPage(answer: Answer): Release[] {
  const parsed = page.safeParse(parseJson(answer.bytes));
  if (!parsed.success) throw wrongPage(answer, whatItIs(answer.bytes, parsed.error));
  return parsed.data.flatMap(({ tag_name: tag, draft, prerelease, published_at, assets }) => {
    const version = versionOfTag(tag);
    if (!version || draft || prerelease) return [];
    const date = /^\d{4}-\d\d-\d\d(?=T)/.exec(published_at ?? '')?.[0];
    const files = assets
      .filter(({ state }) => state === UPLOADED)
      .map(({ name, size, browser_download_url: url }) => ({ name, size, url }));
    return [{ version, tag, ...(date && { date }), assets: files }];
  });
}

function whatItIs(bytes: Buffer, error: z.ZodError): string {
  const start = bytes.subarray(0, 200).toString('utf8').trim();
  if (start.startsWith('<')) return 'a page for people (HTML)';
  const value = parseJson(bytes);
  if (value === undefined) return `not JSON, or cut short: ${start.slice(0, 60)}`;
  if (!Array.isArray(value)) return `no list: ${start.slice(0, 120)}`;
  const [issue] = error.issues;
  return `${issue?.path.join('.')}: ${issue?.message}`;
}

function wrongPage({ url }: Answer, why: string): LockstepError {
  return new LockstepError('invalid-content', `${placeOf(url)} is not a list of releases: ${why}`, {
    context: { url: placeOf(url) },
    hint: 'check the address of the repository, and whether a proxy answers in its place',
  });
}
