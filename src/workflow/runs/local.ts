import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import type { EngineName } from '../engine/place.ts';
import type { Start } from './run.ts';

/** What runs the files of each engine on one machine. */
const RUNNERS = {
  github: { program: 'act', hint: 'install act: its releases stand at github.com/nektos/act' },
  forgejo: {
    program: 'forgejo-runner',
    hint: 'install forgejo-runner: its releases stand at code.forgejo.org/forgejo/runner',
  },
  gitlab: { program: 'gitlab-ci-local', hint: 'npm install --global gitlab-ci-local' },
} as const;

export interface LocalOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  onLine?: (line: string, from: 'stdout' | 'stderr') => void;
}

/**
 * Runs a workflow on this machine with the runner that is on PATH, and gives its exit status. The
 * inputs go into the payload of the event, as the server would send them. Throws `program-missing`.
 */
export async function runLocally(
  engine: EngineName,
  folder: string,
  start: Start,
  options: LocalOptions,
): Promise<number> {
  const { program, hint } = RUNNERS[engine];
  const path = findProgram(program, options.env);
  if (!path)
    throw new LockstepError('program-missing', `${program} is not on PATH`, {
      context: { program },
      hint,
    });
  await using scratch = await temporaryFolder();
  const event = join(scratch.path, 'event.json');
  await writeFile(event, JSON.stringify({ ref: `refs/heads/${start.ref}`, inputs: start.inputs }));
  const args = localArguments(engine, start, event);
  return (await run(path, args, { cwd: folder, ...options })).status;
}

/** The arguments of a runner; `event` is a file with the payload. */
export function localArguments(
  engine: EngineName,
  { file, inputs }: Start,
  event: string,
): string[] {
  if (engine === 'github') return ['workflow_dispatch', '--workflows', file, '--eventpath', event];
  if (engine === 'forgejo')
    return ['exec', '--event', 'workflow_dispatch', '--workflows', file, '--eventpath', event];
  const given = Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  return ['--file', file, ...given];
}
