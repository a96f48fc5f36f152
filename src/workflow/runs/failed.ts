import { mapConcurrently } from '../../system/concurrency.ts';
import { failureIn, type LoggedFailure } from './log.ts';
import type { Job, Run, RunsApi } from './run.ts';

/** A job that failed, and what lockstep said in it. */
export interface FailedJob extends Partial<LoggedFailure> {
  job: string;
  /** The step of the CI file, where the engine tells. */
  at?: string;
  page?: string;
}

const AT_ONCE = 4;

/** The jobs of a run that failed, with the step of lockstep behind each and its hint. */
export function failedJobs(api: RunsApi, run: Run, jobs: readonly Job[]): Promise<FailedJob[]> {
  const failed = jobs.filter(({ result }) => result === 'failure' || result === 'timed-out');
  return mapConcurrently(failed, AT_ONCE, async (job) => {
    const said = failureIn((await api.log(run, job)) ?? '');
    const own = job.result === 'timed-out' ? { message: 'did not end within its time' } : {};
    return {
      job: job.name,
      ...(job.failedAt && { at: job.failedAt }),
      ...own,
      ...said,
      ...(job.page && { page: job.page }),
    };
  });
}
