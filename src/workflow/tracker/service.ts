import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { ClientOptions, EngineClient } from '../engine/client.ts';
import { openEngine, repositoryPath } from '../engine/open.ts';
import type { EngineName } from '../engine/place.ts';
import { gitlabTracker } from './gitlab.ts';
import { hubTracker } from './hub.ts';
import type { Tracker } from './tracker.ts';

/** What a CI service does for a project beside running its jobs. */
export interface Service {
  tracker: Tracker;
  /** Keeps the schedule of the workflow on; only where a service switches quiet ones off. */
  keepAlive?: () => Promise<void>;
}

/**
 * The service of the project in a folder, where the environment has a token for it; undefined without
 * one, and where git knows no repository of a server.
 */
export async function openService(
  engine: EngineName,
  folder: string,
  options: ClientOptions,
): Promise<Service | undefined> {
  try {
    return serviceOf(await openEngine(engine, folder, options), options.env);
  } catch (error) {
    const isNone =
      error instanceof LockstepError && ['config', 'program-missing'].includes(error.code);
    if (isNone) return undefined;
    throw error;
  }
}

/** The same for a client that is there already. */
export function serviceOf(client: EngineClient, env: NodeJS.ProcessEnv): Service | undefined {
  const { engine, token } = client.place;
  if (!token) return undefined;
  if (engine === 'gitlab') return { tracker: gitlabTracker(client) };
  const file = engine === 'github' ? workflowOf(env) : undefined;
  const wakes = file != null && { keepAlive: () => keepOn(client, file) };
  return { tracker: hubTracker(client), ...wakes };
}

const Workflow = z.looseObject({ id: z.number(), path: z.string(), state: z.string() });

/** Workflows with schedules that are made beside the running one; what people switched off stays off. */
const OTHERS = /^\.github\/workflows\/(?:build|cleanup-images|pages)\.yml$/;
const ON = ['active', 'disabled_inactivity'];

/**
 * GitHub switches schedules of public repositories off that have seen no commit for 60 days; to
 * enable one that is enabled begins these anew (REST API, "Enable a workflow").
 */
async function keepOn(client: EngineClient, running: string): Promise<void> {
  const path = `${repositoryPath(client.place)}/actions/workflows`;
  const enable = (file: string) => client.ask({ method: 'PUT', path: `${path}/${file}/enable` });
  await enable(running);
  for await (const one of client.list(`${path}?per_page=100`, Workflow, 'workflows')) {
    const isRunning = one.path.endsWith(`/${running}`);
    if (!isRunning && OTHERS.test(one.path) && ON.includes(one.state)) await enable(`${one.id}`);
  }
}

/** The file of the running workflow: `o/r/.github/workflows/build.yml@refs/heads/main`. */
function workflowOf({
  GITHUB_WORKFLOW_REF: reference = '',
}: NodeJS.ProcessEnv): string | undefined {
  return /\/\.github\/workflows\/([\w.-]+\.ya?ml)@/.exec(reference)?.[1];
}
