import type { BuildJob } from '../../../ignition/job.ts';
import { readJob } from '../../../ignition/job.ts';
import { type Limit, limitOf } from '../../../ignition/limits.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { stableValue } from './stable.ts';
import { standardInput } from './standard-input.ts';

/** What every command that builds takes. */
export interface JobOptions {
  config: string;
  filesDir?: string | undefined;
  strict?: true | undefined;
  set?: string[] | undefined;
  limit?: string | undefined;
  stream?: string | undefined;
}

/** What a command builds: the files it was given, else what the configuration names. */
export function jobFrom(
  context: Context,
  inputs: readonly string[],
  options: JobOptions,
): Promise<BuildJob> {
  const { cwd, env } = context;
  return readJob({
    cwd,
    env,
    ...options,
    inputs,
    limit: limitFrom(options.limit),
    stdin: standardInput,
    builtIn: (stream, name) => stableValue(context, stream, name),
  });
}

function limitFrom(text: string | undefined): Limit | undefined {
  const limit = text == null ? undefined : limitOf(text);
  if (text != null && limit == null)
    throw new LockstepError(
      'usage',
      `--limit takes aws, openstack, virtualbox or bytes, not ${text}`,
    );
  return limit;
}
