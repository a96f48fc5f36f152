import { z } from 'zod';
import { readArtifact, writeArtifact } from '../../oci/artifact.ts';
import { ifThere } from '../../oci/content.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { jobTag, jobTags } from './run-name.ts';
import { RunRecord, STREAM } from './run-record.ts';

export const JOB_TYPE = 'application/vnd.lockstep.job.v1+json';

/**
 * Version 1 of what one job of a run leaves of itself, for the record of the run. Each job has a tag
 * of its own, so that none has to wait for another, whichever machine it is on.
 */
export const JobRecord = z.object({
  schema_version: z.literal(1),
  /** `build-KEY7`, `image`, `promote`; `run` of one that does all. */
  job: z.string(),
  /** False of a run that stops at the candidate. */
  promote: z.boolean(),
  /** The run as this job has seen it. */
  record: RunRecord,
});

export type JobRecord = z.infer<typeof JobRecord>;

/** What a job has left, and the digest of it. */
export interface StoredJob extends JobRecord {
  digest: Digest;
}

/** What a record says of a job that never came to say more. */
const LOST = 'lost';

/**
 * Stores what a job has to say, in the place of what it said before; a promotion stays told when the
 * job is started again, which finds it done.
 */
export async function storeJob(repository: Repository, job: JobRecord): Promise<void> {
  const { record } = job;
  const before = await readJob(repository, jobTag(record.id, job.job));
  if (before?.record.outcome === 'promoted' && record.outcome !== 'promoted') return;
  const descriptor = await writeArtifact(repository, {
    artifactType: JOB_TYPE,
    annotations: {
      'org.opencontainers.image.created': record.finished,
      [STREAM]: record.stream,
      'dev.lockstep.job': job.job,
    },
    layers: [{ mediaType: JOB_TYPE, bytes: Buffer.from(JSON.stringify(job)) }],
  });
  await repository.tag(jobTag(record.id, job.job), descriptor);
}

/** What the jobs of a run have left in a repository, in the order of their tags. */
export async function readJobs(repository: Reader, id: string): Promise<StoredJob[]> {
  const tags = jobTags(await repository.tags(), id);
  const jobs = await mapConcurrently(tags, 8, (tag) => readJob(repository, tag));
  return jobs.filter((job) => job != null);
}

/** What one job has left; undefined when it is not there, `invalid-content` when it is no such thing. */
async function readJob(repository: Reader, tag: string): Promise<StoredJob | undefined> {
  const artifact = await ifThere(readArtifact(repository, tag));
  if (!artifact) return undefined;
  const text = Buffer.from(artifact.layers[0]?.bytes ?? []).toString('utf8');
  const parsed = JobRecord.safeParse(parseJson(text));
  if (parsed.success) return { ...parsed.data, digest: artifact.descriptor.digest };
  throw new LockstepError('invalid-content', `${repository.name}:${tag} is not what a job leaves`, {
    hint: 'a newer lockstep may have written it',
  });
}

/**
 * The record of a job that ended without a word: it was killed, or its machine was. It stands from the
 * job's beginning until it says what it came to.
 */
export function lostRecord(record: RunRecord, job: string): RunRecord {
  return {
    ...record,
    outcome: 'failed',
    failure: {
      step: stepOfJob(job),
      code: LOST,
      message: `the job ${job} ended without a word`,
      hint: 'it was killed, cancelled or ran out of time, or its machine was lost: look at its log; the next run goes on',
      findings: [],
    },
  };
}

function stepOfJob(job: string): string {
  if (job.startsWith('build-')) return 'build';
  return job === 'image' ? 'compose' : job;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
