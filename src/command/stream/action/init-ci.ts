import { CONFIG_FILE } from '../../../config/file.ts';
import { formatProblems } from '../../../config/load.ts';
import { parseConfig } from '../../../config/parse.ts';
import type { FirstCi } from '../../../config/profile/ci.ts';
import type { Config } from '../../../config/schema.ts';
import { LockstepError } from '../../../system/error.ts';
import { VERSION } from '../../../system/version.ts';
import { openEngine } from '../../../workflow/engine/open.ts';
import { planProject } from '../../../workflow/files.ts';
import type { FileStep } from '../../../workflow/plan.ts';
import { programLockCommand } from '../../../workflow/program-lock.ts';
import { registryOf } from '../../../workflow/project/registry.ts';
import type { Context } from '../../context/context.ts';

/** The CI that a project is written for; git knows where it would publish, when it has an origin. */
export async function firstCi(engine: FirstCi['engine'], context: Context): Promise<FirstCi> {
  try {
    const { place } = await openEngine(engine, context.cwd, context);
    return { engine, registry: registryOf(place) ?? '' };
  } catch (error) {
    if (error instanceof LockstepError) return { engine, registry: '' };
    throw error;
  }
}

/** The files of CI for a configuration that is not written yet; throws where others are in the way. */
export async function planFirst(text: string, context: Context): Promise<FileStep[]> {
  const config = read(text);
  const steps = planProject(context.cwd, config, { version: VERSION, extras: [] });
  const others = steps.filter(({ action }) => action === 'differs').map(({ path }) => path);
  if (others.length === 0) return steps;
  throw new LockstepError('usage', `there already: ${others.join(', ')}`, {
    hint: 'move them away, or write the configuration without --ci',
  });
}

/** What people do next with files of CI. */
export function nextOf(text: string): string[] {
  const config = read(text);
  const lock = config.ci.program === 'npm' ? [`next: ${programLockCommand(config)}`] : [];
  return [...lock, 'next: commit and push it all, then lockstep workflow setup'];
}

function read(text: string): Config {
  const { config, problems } = parseConfig(text, CONFIG_FILE);
  if (config) return config;
  throw new LockstepError('config', formatProblems(problems).join('\n'));
}
