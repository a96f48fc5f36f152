import { lostRecord, type StoredJob } from '../record/job-record.ts';
import type { RunRecord } from '../record/run-record.ts';

/** What is known of the run of one stream that was spread over several jobs. */
export interface Parts {
  /** As it was planned. */
  draft: RunRecord;
  /** Names of the jobs that were to do something for it, in their order. */
  expected: readonly string[];
  /** What those that did have left; one that builds may be another stream's. */
  jobs: readonly StoredJob[];
}

/**
 * The one record of a run, whatever became of its jobs. Pure. The last job that came to a good end
 * settles what is before it: it has seen in the registry that this was done. After it the first that
 * failed, or ended without a word, says what stands in the way.
 */
export function mergeJobs({ draft, expected, jobs: found }: Parts, now: Date): RunRecord {
  const whole = found.find(({ job }) => job === 'run');
  const wanted = whole && !draft.failure ? [whole.job] : expected;
  const jobs = wanted.flatMap((name) => found.find(({ job }) => job === name) ?? []);
  const own = jobs.filter(({ record }) => record.stream === draft.stream);
  const { findings, inputs } = own.at(-1)?.record ?? {};
  return {
    ...draft,
    finished: finishedAt({ draft, expected: wanted, jobs }, now),
    ...endOf(draft, wanted, jobs),
    ...(findings && { findings }),
    ...(inputs && { inputs }),
    ...newest(own, 'kmods'),
    ...newest(own, 'candidate'),
    ...newest(own, 'promotion'),
    steps: [...draft.steps, ...jobs.flatMap(stepsOf)],
    ...(jobs.length > 0 && { jobs: jobs.map(summaryOf) }),
  };
}

/** A run that lost a job has no other end than the time at which that was seen. */
function finishedAt({ draft, expected, jobs }: Parts, now: Date): string {
  if (expected.length === 0) return draft.finished;
  const times = jobs.map(({ record }) => record.finished).sort();
  return (jobs.length === expected.length && times.at(-1)) || now.toISOString();
}

type End = Pick<RunRecord, 'outcome' | 'failure'>;

function endOf(draft: RunRecord, expected: readonly string[], jobs: readonly StoredJob[]): End {
  const recordOf = (name: string) => jobs.find(({ job }) => job === name)?.record;
  const isWell = (name: string) => (recordOf(name)?.outcome ?? 'failed') !== 'failed';
  // Builds stand beside each other: one that went well says nothing of another.
  const settled = expected.findLastIndex((name) => !isBuild(name) && isWell(name));
  const open = expected.slice(settled + 1).find((name) => !isWell(name));
  if (open != null) {
    const { failure } = recordOf(open) ?? lostRecord(draft, open);
    return { outcome: 'failed', ...(failure && { failure }) };
  }
  const last = expected.at(-1);
  const { outcome, failure } = (last != null && recordOf(last)) || draft;
  return { outcome, ...(failure && { failure }) };
}

function isBuild(job: string): boolean {
  return job.startsWith('build-');
}

function newest<K extends 'kmods' | 'candidate' | 'promotion'>(
  jobs: readonly StoredJob[],
  key: K,
): Pick<RunRecord, K> | object {
  const value = jobs.findLast(({ record }) => record[key] != null)?.record[key];
  return value ? { [key]: value } : {};
}

/** What a job has done itself, without what it found done. */
function stepsOf({ job, record }: StoredJob): RunRecord['steps'] {
  return record.steps.filter(({ step, state }) => {
    if (state === 'failed') return true;
    if (step === 'resolve' || step === 'inputs') return false;
    if (isBuild(job)) return step === 'build' && state === 'done';
    if (job === 'promote') return step === 'promote';
    return job === 'run' || !(step === 'build' || (step === 'promote' && state === 'skipped'));
  });
}

function summaryOf({ job, digest, record }: StoredJob): NonNullable<RunRecord['jobs']>[number] {
  const { outcome, started, finished } = record;
  return { job, outcome, started, finished, digest };
}
