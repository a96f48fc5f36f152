import type { Stream } from '../../config/schema.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { isDigest } from '../../system/digest.ts';
import { streamForChannel } from '../channel/channel.ts';
import { isOn, newestRecord, recordAt } from '../record/find-records.ts';
import { readJobs, type StoredJob } from '../record/job-record.ts';
import { runsOfJobs, runTag } from '../record/run-name.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { saysOfUpstream } from '../status/status.ts';
import { isPromoted, type PlanDocument, plannedChannel } from './document.ts';
import { mergeJobs } from './merge.ts';
import { buildJob } from './tasks.ts';

export interface CloseOptions {
  plan: PlanDocument;
  streams: readonly Stream[];
  /** Opens the registry that a stream publishes to. */
  registryOf: (stream: Stream) => Registry;
  now: () => Date;
}

/** How many streams are seen to at once. */
const AT_ONCE = 8;

/**
 * Makes one record of what the jobs of a plan have left of each stream, whatever became of them,
 * and stores it; a stream for which nothing was to be done gets none, unless its last run failed.
 * Runs whose own closing died are closed first. Closing again what is closed changes nothing.
 */
export function closePlan(options: CloseOptions): Promise<RunRecord[]> {
  const { plan, streams } = options;
  const planned = streams.filter(({ name }) => plan.streams.some((one) => one.name === name));
  return mapConcurrently(planned, AT_ONCE, (stream) => closeStream(stream, options));
}

async function closeStream(stream: Stream, options: CloseOptions): Promise<RunRecord> {
  const { plan, now } = options;
  const repository = imageOf(stream, options);
  await closeOlder(repository, stream.name, options);
  const draft = plan.streams.find(({ name }) => name === stream.name)?.record;
  if (!draft) throw new Error(`the plan has no stream ${stream.name}`);
  const expected = expectedOf(plan, stream.name);
  const own = await readJobs(repository, draft.id);
  const jobs = [...own, ...(await buildsOfOthers(stream, options))];
  const record = mergeJobs({ draft, expected, jobs }, now());
  return keepClosed(repository, record, { plan, jobs });
}

/** What was to be done for a stream, job by job. */
function expectedOf(plan: PlanDocument, stream: string): string[] {
  const builds = plan.kmods.include.filter((build) => build.for.includes(stream));
  const composes = plan.images.include.some((image) => image.stream === stream);
  return [
    ...builds.map(buildJob),
    ...(composes ? ['image'] : []),
    ...(isPromoted(plan, stream) ? ['promote'] : []),
  ];
}

/** Jobs of other streams that build what this one holds too. */
async function buildsOfOthers(stream: Stream, options: CloseOptions): Promise<StoredJob[]> {
  const { plan, streams } = options;
  const builds = plan.kmods.include.filter((build) => build.for.includes(stream.name));
  const others = new Set(
    builds.map((build) => build.stream).filter((name) => name !== stream.name),
  );
  const jobs = [...others].map(async (name) => {
    const builder = streams.find((one) => one.name === name);
    const id = plan.streams.find((one) => one.name === name)?.record.id;
    return builder && id ? readJobs(imageOf(builder, options), id) : [];
  });
  return (await Promise.all(jobs)).flat().filter(({ job }) => job.startsWith('build-'));
}

/** Runs of a stream that left jobs and no record: their closing died, or never began. */
async function closeOlder(
  repository: Repository,
  stream: string,
  { plan, now }: CloseOptions,
): Promise<void> {
  const tags = await repository.tags();
  const open = runsOfJobs(tags, stream).filter(
    (id) => !id.startsWith(plan.run) && id < plan.run && !tags.includes(runTag(id)),
  );
  for (const id of open) {
    const jobs = await readJobs(repository, id);
    const last = jobs.at(-1);
    if (!last || last.record.stream !== stream) continue;
    const { failure: _, kmods: __, candidate: ___, promotion: ____, ...draft } = last.record;
    const record = mergeJobs(
      { draft: { ...draft, steps: [] }, expected: expectedFrom(jobs), jobs },
      now(),
    );
    await store(repository, record);
  }
}

/** The jobs of a run whose plan is gone, as those tell that have left something. */
function expectedFrom(jobs: readonly StoredJob[]): string[] {
  const builds = jobs.map(({ job }) => job).filter((job) => job.startsWith('build-'));
  return [...builds, 'image', ...(jobs.some(({ promote }) => promote) ? ['promote'] : [])];
}

/** Stores a record where there is something to say, and says it once. */
async function keepClosed(
  repository: Repository,
  record: RunRecord,
  { plan, jobs }: { plan: PlanDocument; jobs: readonly StoredJob[] },
): Promise<RunRecord> {
  const known = await recordAt(repository, runTag(record.id));
  if (known && sameJobs(known, record)) return known;
  const isIdle = record.outcome === 'unchanged' && jobs.length === 0;
  if (isIdle && !(await hasFailed(repository, record, plan))) return record;
  await store(repository, record);
  return record;
}

function sameJobs(one: RunRecord, other: RunRecord): boolean {
  const digests = ({ jobs = [] }: RunRecord) => jobs.map(({ digest }) => digest).join(' ');
  return digests(one) === digests(other);
}

async function hasFailed(
  repository: Repository,
  { stream }: RunRecord,
  plan: PlanDocument,
): Promise<boolean> {
  const isOwn = isOn(plannedChannel(plan));
  const last = await newestRecord(
    repository,
    stream,
    (record) => isOwn(record) && saysOfUpstream(record),
  );
  return last?.outcome === 'failed';
}

async function store(repository: Repository, record: RunRecord): Promise<void> {
  const { digest } = record.candidate ?? {};
  const candidate =
    digest != null && isDigest(digest) ? await repository.resolve(digest) : undefined;
  await storeRecord(repository, record, candidate);
}

function imageOf(stream: Stream, { plan, registryOf }: CloseOptions): Repository {
  const { publish } = streamForChannel(stream, plannedChannel(plan));
  return registryOf(stream).repository(publish.image);
}
