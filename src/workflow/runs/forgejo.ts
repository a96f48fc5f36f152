import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import { firstOf } from './first.ts';
import type { Job, Result, Run, RunsApi } from './run.ts';

const run = z.looseObject({
  id: z.int(),
  index_in_repo: z.int(),
  workflow_id: z.string(),
  event: z.string(),
  trigger_event: z.string().nullish(),
  prettyref: z.string(),
  commit_sha: z.string(),
  status: z.string(),
  created: z.string(),
  html_url: z.string(),
});
const job = z.looseObject({ id: z.int(), name: z.string(), status: z.string() });
const started = z.looseObject({ id: z.int() });

const FOLDER = '.forgejo/workflows';
/** Bytes of a log that one answer has at most. */
const LOG_PART = 65_536;

/**
 * Runs of Forgejo Actions (its API, "repository"). Jobs, logs and cancelling came with version 16;
 * which workflows somebody switched off no version tells.
 */
export function forgejoRuns(client: EngineClient): RunsApi {
  const actions = `${repositoryPath(client.place)}/actions`;
  return {
    async start({ file, ref, inputs }) {
      const name = encodeURIComponent(file.replace(/^.*\//, ''));
      const body = { ref, inputs, return_run_info: true };
      const path = `${actions}/workflows/${name}/dispatches`;
      const { json } = await client.ask({ method: 'POST', path, body });
      return started.safeParse(json).data;
    },
    async runs(limit, of) {
      // Without a page the limit is ignored.
      const path = `${actions}/runs?page=1&limit=50`;
      const mine = (one: z.infer<typeof run>) =>
        of == null || (of.file.endsWith(`/${one.workflow_id}`) && refOf(one) === of.ref);
      return (await firstOf(filtered(client.list(path, run, 'workflow_runs'), mine), limit)).map(
        runOf,
      );
    },
    async run(id) {
      return runOf(await client.get(`${actions}/runs/${id}`, run));
    },
    async jobs({ id }) {
      const found = await client.find(`${actions}/runs/${id}/jobs`, z.array(job));
      return (found ?? []).map(
        ({ id: of, name, status }): Job => ({ id: of, name, ...ended(status) }),
      );
    },
    async log({ id }, of) {
      const path = `${actions}/runs/${id}/jobs/${of.id}/logs?tail=true&limit=${LOG_PART}`;
      const { status, text } = await client.ask({ method: 'GET', path, expect: [404] });
      return status === 200 ? text : undefined;
    },
    async cancel(of) {
      const path = `${actions}/runs/${of.id}/cancel`;
      const { status } = await client.ask({ method: 'POST', path, expect: [404, 405] });
      if (status >= 400) throw byHand('cancel runs through its API (Forgejo 16 does)', of.page);
    },
    workflows: () => Promise.resolve(undefined),
    enable: () => {
      throw byHand('switch workflows on through its API', `${client.place.page}/actions`);
    },
  };
}

function byHand(what: string, page: string): LockstepError {
  return new LockstepError('unsupported', `this server does not ${what}`, {
    hint: `do it by hand: ${page}`,
  });
}

async function* filtered<T>(list: AsyncIterable<T>, mine: (item: T) => boolean) {
  for await (const item of list) if (mine(item)) yield item;
}

const RESULTS: Record<string, Result> = {
  success: 'success',
  failure: 'failure',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

function ended(status: string): Pick<Run, 'state' | 'result'> {
  const result = RESULTS[status];
  if (result) return { state: 'done', result };
  return { state: status === 'running' ? 'running' : 'waiting' };
}

function refOf({ prettyref }: z.infer<typeof run>): string {
  return prettyref.replace(/^refs\/(?:heads|tags)\//, '');
}

function runOf(data: z.infer<typeof run>): Run {
  return {
    id: data.id,
    number: data.index_in_repo,
    file: `${FOLDER}/${data.workflow_id}`,
    event: data.trigger_event || data.event,
    ref: refOf(data),
    commit: data.commit_sha,
    ...ended(data.status),
    created: data.created,
    page: data.html_url,
  };
}
