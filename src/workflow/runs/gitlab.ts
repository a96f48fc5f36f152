import { z } from 'zod';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import { firstOf } from './first.ts';
import type { Job, Result, Run, RunsApi } from './run.ts';

export const GITLAB_FILE = '.gitlab-ci.yml';

const pipeline = z.looseObject({
  id: z.int(),
  iid: z.int().default(0),
  source: z.string().default('unknown'),
  ref: z.string(),
  sha: z.string(),
  status: z.string(),
  web_url: z.string(),
  created_at: z.string(),
});
const job = z.looseObject({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  web_url: z.string().nullish(),
});
const bridge = z.looseObject({
  downstream_pipeline: z.looseObject({ id: z.int(), project_id: z.int().optional() }).nullable(),
});
const schedule = z.looseObject({ id: z.int(), description: z.string(), active: z.boolean() });

/** Child pipelines have children at most this deep (GitLab's own limit). */
const DEEPEST = 2;

/** Pipelines of GitLab (REST API v4, "Pipelines", "Jobs", "Pipeline schedules"). */
export function gitlabRuns(client: EngineClient): RunsApi {
  const project = repositoryPath(client.place);
  const jobsOf = async (id: number, depth = 0): Promise<Job[]> => {
    const path = `${project}/pipelines/${id}`;
    const own = (await Array.fromAsync(client.list(`${path}/jobs?per_page=100`, job))).map(jobOf);
    if (depth >= DEEPEST) return own;
    const bridges = await Array.fromAsync(client.list(`${path}/bridges?per_page=100`, bridge));
    const children = bridges.flatMap(({ downstream_pipeline: child }) => (child ? [child.id] : []));
    const below = await Promise.all(children.map((child) => jobsOf(child, depth + 1)));
    return [...own, ...below.flat()];
  };
  return {
    async start({ ref, inputs }) {
      const body = { ref, ...(Object.keys(inputs).length > 0 && { inputs }) };
      const answer = await client.ask({ method: 'POST', path: `${project}/pipeline`, body });
      return pipeline.safeParse(answer.json).data;
    },
    async runs(limit, of) {
      const ref = of ? `&ref=${encodeURIComponent(of.ref)}` : '';
      const path = `${project}/pipelines?per_page=100${ref}`;
      return (await firstOf(client.list(path, pipeline), limit)).map(runOf);
    },
    async run(id) {
      return runOf(await client.get(`${project}/pipelines/${id}`, pipeline));
    },
    jobs: ({ id }) => jobsOf(id),
    async log(_, { id }) {
      const path = `${project}/jobs/${id}/trace`;
      const { status, text } = await client.ask({ method: 'GET', path, expect: [404] });
      return status === 200 ? text : undefined;
    },
    async cancel({ id }) {
      await client.ask({ method: 'POST', path: `${project}/pipelines/${id}/cancel` });
    },
    async workflows() {
      const path = `${project}/pipeline_schedules?per_page=100`;
      const found = await Array.fromAsync(client.list(path, schedule));
      return found.map(({ id, description, active }) => ({
        id,
        file: GITLAB_FILE,
        name: description,
        ...(!active && { off: 'by hand' as const }),
      }));
    },
    async enable({ id }) {
      const path = `${project}/pipeline_schedules/${id}`;
      await client.ask({ method: 'PUT', path, body: { active: true } });
    },
  };
}

const RESULTS: Record<string, Result> = {
  success: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'skipped',
};

/** A pipeline that waits for somebody (`manual`) does nothing more by itself. */
function ended(status: string): Pick<Run, 'state' | 'result'> {
  const result = RESULTS[status];
  if (result) return { state: 'done', result };
  if (status === 'manual') return { state: 'done', result: 'skipped' };
  return { state: ['running', 'canceling'].includes(status) ? 'running' : 'waiting' };
}

function runOf(data: z.infer<typeof pipeline>): Run {
  return {
    id: data.id,
    number: data.iid,
    file: GITLAB_FILE,
    event: data.source,
    ref: data.ref,
    commit: data.sha,
    ...ended(data.status),
    created: data.created_at,
    page: data.web_url,
  };
}

function jobOf({ id, name, status, web_url }: z.infer<typeof job>): Job {
  return { id, name, ...ended(status), ...(web_url && { page: web_url }) };
}
