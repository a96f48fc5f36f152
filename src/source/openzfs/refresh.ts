import { LockstepError } from '../../system/error.ts';
import { describeRange } from '../range.ts';
import type { Github } from './github.ts';
import { type Release, releasesOf } from './releases.ts';
import { type CompatTable, compatTable, TableRelease } from './table.ts';
import { tagMeta } from './tag-meta.ts';

export interface RefreshOptions {
  now: () => Date;
  /** Releases that need not be asked for again: what a tag holds does not change. */
  known: readonly TableRelease[];
  /** Called after each release with how many of those asked for are done. */
  onProgress?: (done: number, all: number, version: string) => void;
}

export interface Refreshed {
  table: CompatTable;
  /** Versions that were asked for and are in the table now. */
  added: string[];
  /** Releases that stay out of the table, and why. */
  skipped: { version: string; why: string }[];
  /** Why it ended before its time: the table holds what was read until then. */
  failure?: unknown;
}

const FROM_TAG = 'META of the tag';

/**
 * Makes the compatibility table from META of every release tag, one request at a time, newest
 * release first. A failure on the way (most often the rate limit) is returned beside what was
 * read until then: the next refresh goes on from there.
 */
export async function refreshTable(github: Github, options: RefreshOptions): Promise<Refreshed> {
  const listed = await releasesOf(github);
  const known = options.known.filter(({ from }) => from === FROM_TAG);
  const versions = new Set(known.map(({ version }) => version));
  const wanted = listed.filter(({ version }) => !versions.has(version));
  const asked: TableRelease[] = [];
  const skipped: Refreshed['skipped'] = [];
  let failure: unknown;
  for (const [index, release] of wanted.entries()) {
    try {
      const found = await entryOf(github, release);
      if ('why' in found) skipped.push({ version: release.version, why: found.why });
      else asked.push(found);
    } catch (error) {
      failure = error;
      break;
    }
    options.onProgress?.(index + 1, wanted.length, release.version);
  }
  const read = new Set([...asked, ...known, ...skipped].map(({ version }) => version));
  const hearsay = options.known.filter(({ version }) => !read.has(version));
  const table = compatTable([...known, ...asked, ...hearsay], {
    date: options.now().toISOString().slice(0, 10),
    origin: `META of the release tags of ${new URL(github.repository).pathname.replace(/^.*\/repos\//, '')}`,
  });
  return {
    table,
    added: asked.map(({ version }) => version),
    skipped,
    ...(failure !== undefined && { failure }),
  };
}

async function entryOf(
  github: Github,
  { version, date }: Release,
): Promise<TableRelease | { why: string }> {
  try {
    const { range } = await tagMeta(github, version);
    const entry = TableRelease.safeParse({ version, date, ...range, from: FROM_TAG });
    return entry.data ?? { why: `META states ${describeRange(range)}` };
  } catch (error) {
    const absent = ['not-found', 'invalid-content'];
    if (!(error instanceof LockstepError) || !absent.includes(error.code)) throw error;
    return { why: error.message };
  }
}
