import { githubServer } from '../../oci/remote/github-server.ts';
import { type Api, type ApiOptions, openApi } from './api.ts';
import { gitlabTracker } from './gitlab.ts';
import { hubTracker } from './hub.ts';
import type { Tracker } from './tracker.ts';

type Env = NodeJS.ProcessEnv;

/** The CI service that a job runs in, as far as its token allows. */
export interface Service {
  tracker: Tracker;
  /** Keeps the schedule of the workflow on; only where a service switches quiet ones off. */
  keepAlive?: () => Promise<void>;
}

/**
 * The service of a job, told by the variables that it sets and the token that it was given
 * (`GITHUB_TOKEN`, `GITLAB_TOKEN`); undefined outside of a job and without a token.
 */
export function serviceOf(
  engine: 'github' | 'forgejo' | 'gitlab',
  options: Pick<ApiOptions, 'env' | 'now' | 'signal' | 'pause'>,
): Service | undefined {
  return engine === 'gitlab' ? gitlabOf(options) : hubOf(engine, options);
}

function hubOf(
  engine: 'github' | 'forgejo',
  options: Pick<ApiOptions, 'env' | 'now' | 'signal' | 'pause'>,
): Service | undefined {
  const { env } = options;
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository } = env;
  const address = githubServer(env)?.api;
  if (!token || !address || !/^[\w.-]+\/[\w.-]+$/.test(repository ?? '') || !repository)
    return undefined;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(engine === 'github' && { 'x-github-api-version': '2022-11-28' }),
  };
  const api = openApi({ ...options, address: address.replace(/\/+$/, ''), headers });
  const file = workflowOf(env);
  const wakes = engine === 'github' && file != null;
  return {
    tracker: hubTracker(api, repository),
    ...(wakes && { keepAlive: () => enable(api, repository, file) }),
  };
}

/**
 * GitHub switches schedules of public repositories off that have seen no commit for 60 days; to
 * enable one that is enabled begins these anew (REST API, "Enable a workflow").
 */
async function enable(api: Api, repository: string, file: string): Promise<void> {
  await api.send('PUT', `/repos/${repository}/actions/workflows/${file}/enable`);
}

/** The file of the running workflow: `o/r/.github/workflows/build.yml@refs/heads/main`. */
function workflowOf({ GITHUB_WORKFLOW_REF: reference = '' }: Env): string | undefined {
  return /\/\.github\/workflows\/([\w.-]+\.ya?ml)@/.exec(reference)?.[1];
}

function gitlabOf(
  options: Pick<ApiOptions, 'env' | 'now' | 'signal' | 'pause'>,
): Service | undefined {
  const { GITLAB_TOKEN: token, CI_API_V4_URL: address, CI_PROJECT_ID: project } = options.env;
  if (!token || !address || !project) return undefined;
  const api = openApi({ ...options, address, headers: { 'private-token': token } });
  return { tracker: gitlabTracker(api, project) };
}
