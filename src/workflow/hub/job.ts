import { type Data, noted } from '../document/data.ts';
import type { Project } from '../project/project.ts';
import type { Rights } from './rights.ts';
import type { Step } from './steps.ts';

/** A job of a workflow in GitHub's language. */
export interface Job {
  name: string;
  /** Only jobs with a reason to wait for others name them. */
  needs?: readonly string[];
  /** When it starts, as an expression; otherwise when all it needs succeeded. */
  if?: string;
  rights: Rights;
  /** Limit; that of the configuration where nothing is said. */
  minutes?: number;
  outputs?: Readonly<Record<string, string>>;
  /** Expression of a matrix: one job for each entry, none of which ends another. */
  matrix?: string;
  environment?: Data;
  steps: readonly Step[];
}

/** The data of a job, keys in the order in which people read them. */
export function jobData({ config }: Project, job: Job): Data {
  const { runner, timeout_minutes } = config.ci;
  return {
    name: job.name,
    needs: job.needs,
    if: job.if,
    'runs-on': runner,
    'timeout-minutes': Math.min(job.minutes ?? timeout_minutes, timeout_minutes),
    environment: job.environment,
    permissions: job.rights,
    strategy: job.matrix == null ? undefined : { 'fail-fast': false, matrix: job.matrix },
    outputs: job.outputs,
    steps: job.steps,
  };
}

/** What a workflow is, beside its jobs. */
interface Head {
  name: string;
  on: Data;
  /** Runs of one group wait for each other, or end those before them. */
  concurrency: { group: string; cancel: boolean };
}

/** A whole workflow: no rights but those that a job has for itself. */
export function workflowData(
  project: Project,
  { name, on, concurrency }: Head,
  jobs: Readonly<Record<string, Job>>,
): Data {
  const { group, cancel } = concurrency;
  return {
    name,
    on,
    permissions: noted({}, 'none, but for those that a job has for itself'),
    concurrency: { group, 'cancel-in-progress': cancel },
    jobs: Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, jobData(project, job)])),
  };
}
