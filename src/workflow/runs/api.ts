import type { EngineClient } from '../engine/client.ts';
import { forgejoRuns } from './forgejo.ts';
import { githubRuns } from './github.ts';
import { gitlabRuns } from './gitlab.ts';
import type { RunsApi } from './run.ts';

/** What the engine of a client knows of runs. */
export function runsOf(client: EngineClient): RunsApi {
  const open = { github: githubRuns, forgejo: forgejoRuns, gitlab: gitlabRuns };
  return open[client.place.engine](client);
}
