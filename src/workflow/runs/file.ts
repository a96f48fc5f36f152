import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import type { EngineName } from '../engine/place.ts';
import { GITLAB_FILE } from './gitlab.ts';

const LIMIT = 1 << 20;
const USUAL = 'build.yml';

/**
 * The file of a workflow that a name stands for: `build`, `build.yml` or its whole path; of GitLab
 * always the one there is. Throws `config` when it is not there.
 */
export async function workflowFile(
  folder: string,
  engine: EngineName,
  name: string = USUAL,
): Promise<{ path: string; text: string }> {
  const path = pathOf(engine, name);
  const found = await stat(join(folder, path)).catch(() => undefined);
  if (!found?.isFile())
    throw new LockstepError('config', `there is no ${path}`, {
      hint: 'make it with: lockstep workflow generate',
    });
  if (found.size > LIMIT)
    throw new LockstepError('config', `${path} is larger than ${LIMIT} bytes`);
  return { path, text: await readFile(join(folder, path), 'utf8') };
}

function pathOf(engine: EngineName, name: string): string {
  if (engine === 'gitlab') return GITLAB_FILE;
  if (name.includes('/')) return name.replace(/^\.\//, '');
  return `.${engine}/workflows/${/\.ya?ml$/.test(name) ? name : `${name}.yml`}`;
}
