import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import { firstOf } from './first.ts';
import type { Job, Result, Run, RunsApi, WorkflowState } from './run.ts';

const run = z.looseObject({
  id: z.int(),
  run_number: z.int(),
  path: z.string(),
  event: z.string(),
  head_branch: z.string().nullable(),
  head_sha: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  created_at: z.string(),
});
const job = z.looseObject({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullish(),
  steps: z.array(z.looseObject({ name: z.string(), conclusion: z.string().nullable() })).nullish(),
});
const workflow = z.looseObject({
  id: z.int(),
  name: z.string(),
  path: z.string(),
  state: z.string(),
});
const started = z.looseObject({ workflow_run_id: z.int() });

/** Runs of GitHub Actions (REST API, "Workflows", "Workflow runs", "Workflow jobs"). */
export function githubRuns(client: EngineClient): RunsApi {
  const actions = `${repositoryPath(client.place)}/actions`;
  const fileIn = (file: string) => encodeURIComponent(file.replace(/^.*\//, ''));
  const listOf = (of?: { file: string; ref: string }) =>
    of == null
      ? `${actions}/runs?per_page=100`
      : `${actions}/workflows/${fileIn(of.file)}/runs?per_page=100&branch=${encodeURIComponent(of.ref)}`;
  const dispatch = (file: string, body: object) =>
    client.ask({ method: 'POST', path: `${actions}/workflows/${fileIn(file)}/dispatches`, body });
  return {
    async start({ file, ref, inputs }) {
      const asked = { ref, inputs };
      // GitHub Enterprise Server before 3.21 refuses the key that makes it tell the run.
      const answer = await dispatch(file, { ...asked, return_run_details: true }).catch(
        (error: unknown) => {
          if (isUnknownKey(error)) return dispatch(file, asked);
          throw error;
        },
      );
      const id = started.safeParse(answer.json).data?.workflow_run_id;
      return id == null ? undefined : { id };
    },
    async runs(limit, of) {
      const found = await firstOf(client.list(listOf(of), run, 'workflow_runs'), limit);
      return found.map(runOf);
    },
    async run(id) {
      return runOf(await client.get(`${actions}/runs/${id}`, run));
    },
    async jobs({ id }) {
      const path = `${actions}/runs/${id}/jobs?filter=latest&per_page=100`;
      return (await Array.fromAsync(client.list(path, job, 'jobs'))).map(jobOf);
    },
    async log(_, { id }) {
      const path = `${actions}/jobs/${id}/logs`;
      const { status, text } = await client.ask({ method: 'GET', path, expect: [404, 410] });
      return status === 200 ? text : undefined;
    },
    async cancel({ id }) {
      await client.ask({ method: 'POST', path: `${actions}/runs/${id}/cancel` });
    },
    async workflows() {
      const path = `${actions}/workflows?per_page=100`;
      const found = await Array.fromAsync(client.list(path, workflow, 'workflows'));
      return found.filter(({ state }) => state !== 'deleted').map(stateOf);
    },
    async enable({ id }) {
      await client.ask({ method: 'PUT', path: `${actions}/workflows/${id}/enable` });
    },
  };
}

function isUnknownKey(error: unknown): boolean {
  return (
    error instanceof LockstepError &&
    error.context.status === 422 &&
    error.message.includes('return_run_details')
  );
}

const RESULTS: Record<string, Result> = {
  success: 'success',
  neutral: 'success',
  failure: 'failure',
  startup_failure: 'failure',
  action_required: 'failure',
  cancelled: 'cancelled',
  stale: 'cancelled',
  skipped: 'skipped',
  timed_out: 'timed-out',
};

function ended(status: string | null, conclusion: string | null): Pick<Run, 'state' | 'result'> {
  if (status === 'completed')
    return { state: 'done', result: RESULTS[conclusion ?? ''] ?? 'unknown' };
  return { state: status === 'in_progress' ? 'running' : 'waiting' };
}

function runOf(data: z.infer<typeof run>): Run {
  return {
    id: data.id,
    number: data.run_number,
    // Of workflows of other repositories the path ends with @REF.
    file: data.path.replace(/@.*$/, ''),
    event: data.event,
    ref: data.head_branch ?? '',
    commit: data.head_sha,
    ...ended(data.status, data.conclusion),
    created: data.created_at,
    page: data.html_url,
  };
}

function jobOf({ id, name, status, conclusion, html_url, steps }: z.infer<typeof job>): Job {
  const failed = steps?.find((step) => ['failure', 'timed_out'].includes(step.conclusion ?? ''));
  return {
    id,
    name,
    ...ended(status, conclusion),
    ...(failed && { failedAt: failed.name }),
    ...(html_url && { page: html_url }),
  };
}

const OFF: Record<string, WorkflowState['off']> = {
  disabled_manually: 'by hand',
  disabled_inactivity: 'for inactivity',
  disabled_fork: 'in a fork',
};

function stateOf({ id, name, path, state }: z.infer<typeof workflow>): WorkflowState {
  const off = OFF[state];
  return { id, name, file: path, ...(off && { off }) };
}
