import { loadConfig } from '../../../config/load.ts';
import type { Config } from '../../../config/schema.ts';
import type { EngineClient } from '../../../workflow/engine/client.ts';
import { openEngine } from '../../../workflow/engine/open.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, type ProjectOptions } from '../../options/project.ts';

/** The engine of the project that a call is about. */
export interface ProjectEngine {
  context: Context;
  config: Config;
  client: EngineClient;
}

export async function projectEngine(options: ProjectOptions): Promise<ProjectEngine> {
  const context = contextOf(options);
  const config = await loadConfig(context.cwd, options.config);
  return { context, config, client: await openEngine(config.ci.engine, context.cwd, context) };
}
