import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';

/** What `env:NAME` or a file of the project holds, without a line end. Throws `config`; never tells it. */
export async function secretAt(
  place: string,
  { env, project }: { env: NodeJS.ProcessEnv; project: string },
): Promise<string> {
  const name = /^env:(.+)$/.exec(place)?.[1];
  const text =
    name == null ? await readFile(join(project, place), 'utf8').catch(() => '') : env[name];
  const value = (text ?? '').replace(/\r?\n$/, '');
  if (value !== '') return value;
  throw new LockstepError('config', `there is nothing at ${place}`, {
    hint: name == null ? 'it must be a file that holds the secret' : `set ${name}`,
  });
}
