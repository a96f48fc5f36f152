import { LockstepError } from '../../system/error.ts';
import { lastLines, run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { type ClientOptions, EngineClient } from './client.ts';
import { type EngineName, type EnginePlace, engineAt } from './place.ts';

/** The remote whose server runs the CI of a project. */
const REMOTE = 'origin';

/**
 * A client for the engine of the project in a folder: its repository is what git calls `origin`.
 * Nothing is asked yet. Throws `config` where there is no such remote, `program-missing` without git.
 */
export async function openEngine(
  engine: EngineName,
  folder: string,
  options: ClientOptions,
): Promise<EngineClient> {
  const remote = await git(folder, ['remote', 'get-url', REMOTE], options.env);
  return new EngineClient(engineAt(engine, remote, options.env), options);
}

/** Where the repository stands in the API: what all paths about it begin with. */
export function repositoryPath({ engine, repository }: EnginePlace): string {
  if (engine === 'gitlab') return `projects/${encodeURIComponent(repository)}`;
  return `repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
}

async function git(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const program = requireProgram('git', env);
  const { status, stdout, stderr } = await run(program, ['-C', folder, ...args], {
    env: { ...env, LC_ALL: 'C' },
    timeout: 10_000,
  });
  if (status === 0) return stdout.trim();
  throw new LockstepError('config', `git knows no remote ${REMOTE} here: ${lastLines(stderr, 1)}`, {
    hint: `name the repository whose CI is meant: git remote add ${REMOTE} ADDRESS`,
  });
}
