import { digestOfJson } from '../../system/digest.ts';

/** Tags of run records; they sort by time. */
const RUN_TAG = /^run-(\d{8}t\d{6}z-[0-9a-f]+)$/;

/** Hex digits that tell runs apart which begin in one second. */
const RANDOM = 4;

/** Hex digits that tell the streams of a repository apart. */
const MARK = 8;

/** The time of a run, the digits that tell it from others, and the mark of its stream. */
const MARKED = new RegExp(String.raw`^\d{8}t\d{6}z-[0-9a-f]{${RANDOM}}([0-9a-f]{${MARK}})$`);

/**
 * A new run's name; names sort by time. That of a stream ends in the mark of the stream, so that a
 * list of tags tells whose records are there.
 *
 * @example runId(now, '1a2b') // '20261120t073000z-1a2b'
 */
export function runId(now: Date, random: string, stream?: string): string {
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .toLowerCase();
  const id = `${time}-${random}`;
  return stream == null ? id : runOfStream(id, stream);
}

/** What the part of a run is called that is of one stream. */
export function runOfStream(run: string, stream: string): string {
  return `${run}${markOf(stream)}`;
}

/** The name of a run in the text of a tag (`run-…`) or by itself; undefined for anything else. */
export function runNamed(text: string): string | undefined {
  return RUN_TAG.exec(`run-${text.replace(/^run-/, '')}`)?.[1];
}

/** The tag of the record of a run. */
export function runTag(id: string): string {
  return `run-${id}`;
}

/**
 * Of these tags those of records, newest first; with a stream those that may be of it. Names of
 * before streams were marked may be of any.
 */
export function runTags(tags: readonly string[], stream?: string): string[] {
  const mark = stream == null ? undefined : markOf(stream);
  const mayBe = (tag: string) => {
    const id = RUN_TAG.exec(tag)?.[1];
    if (id == null) return false;
    const marked = MARKED.exec(id)?.[1];
    return mark == null || marked == null || marked === mark;
  };
  return tags.filter(mayBe).sort().reverse();
}

function markOf(stream: string): string {
  return digestOfJson(stream).slice('sha256:'.length, 'sha256:'.length + MARK);
}

/** Tags of what single jobs of a run have left. */
const JOB_TAG = /^job-(\d{8}t\d{6}z-[0-9a-f]+)-(.+)$/;

/** The tag of what a job of a run leaves of itself. */
export function jobTag(id: string, job: string): string {
  return `job-${id}-${job}`;
}

/** Of these tags those of the jobs of one run. */
export function jobTags(tags: readonly string[], id: string): string[] {
  return tags.filter((tag) => JOB_TAG.exec(tag)?.[1] === id);
}

/** The runs of a stream of which single jobs have left something, oldest first. */
export function runsOfJobs(tags: readonly string[], stream: string): string[] {
  const mark = markOf(stream);
  const runs = tags.flatMap((tag) => JOB_TAG.exec(tag)?.[1] ?? []);
  return [...new Set(runs)].filter((id) => id.endsWith(mark)).sort();
}
