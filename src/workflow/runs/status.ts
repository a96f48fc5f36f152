import type { EngineClient } from '../engine/client.ts';
import { runsOf } from './api.ts';
import { type FailedJob, failedJobs } from './failed.ts';
import type { Run, WorkflowState } from './run.ts';

/** A run with what failed in it. */
export interface RunStatus extends Run {
  failed: FailedJob[];
}

/** How the workflows of a repository are. */
export interface CiStatus {
  repository: string;
  /** Newest first. */
  runs: RunStatus[];
  /** Workflows that are switched off, schedules of GitLab by their names. */
  off: (Pick<WorkflowState, 'file' | 'name'> & { why: NonNullable<WorkflowState['off']> })[];
  /** What the engine does not tell. */
  unknown: string[];
}

/** Asks the engine for the newest runs, why they failed, and what is switched off. */
export async function ciStatus(client: EngineClient, limit: number): Promise<CiStatus> {
  const api = runsOf(client);
  const runs: RunStatus[] = [];
  for (const run of await api.runs(limit)) {
    const isBad = run.result === 'failure' || run.result === 'timed-out';
    const failed = isBad ? await failedJobs(api, run, await api.jobs(run)) : [];
    runs.push({ ...run, failed });
  }
  const workflows = await api.workflows();
  const off = (workflows ?? []).flatMap(({ file, name, off: why }) =>
    why ? [{ file, name, why }] : [],
  );
  const unknown = workflows ? [] : ['whether a workflow is switched off'];
  return { repository: client.place.page, runs, off, unknown };
}

/** True when the newest finished run of each file on a branch went well, and nothing is switched off. */
export function isWell({ runs, off }: CiStatus, branch: string): boolean {
  const newest = new Map<string, Run>();
  for (const run of runs) {
    const counts = run.ref === branch && run.state === 'done' && run.result !== 'skipped';
    if (counts && !newest.has(run.file)) newest.set(run.file, run);
  }
  return off.length === 0 && [...newest.values()].every(({ result }) => result === 'success');
}
