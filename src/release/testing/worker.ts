import { LockstepError } from '../../system/error.ts';
import { doJob, type Job, type Outcome } from './jobs.ts';

/** The program of a worker process: does the jobs that its parent sends, until it is killed. */
process.on('message', (job: Job) => {
  const id = job.work === 'promote' ? job.id : job.work;
  const answer = (result: string, message = '') => {
    const outcome: Outcome = { id, result, message };
    process.send?.(outcome);
  };
  doJob(job).then(
    () => answer('done'),
    (error: unknown) => answer(error instanceof LockstepError ? error.code : 'bug', String(error)),
  );
});
