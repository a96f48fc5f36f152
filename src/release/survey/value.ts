import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import type { StreamOptions } from '../context/new-run.ts';
import type { SurveyedBase } from './answer.ts';
import { checkStream, surveyBase } from './survey.ts';

const VALUES: Record<string, (base: SurveyedBase) => string | undefined> = {
  kernel: ({ kernel }) => kernel.release,
  'kernel-major-minor': ({ kernel }) => kernel.majorMinor,
  'os-version': ({ osVersion }) => osVersion,
  base: ({ base }) => base,
  'base-digest': ({ digest }) => digest,
  'base-tag': ({ tag }) => tag,
};

/**
 * One value of what upstream has now, and no more asked than it needs; undefined when there is
 * none. Throws `usage` for a name that is no value.
 */
export async function surveyedValue(
  stream: Stream,
  name: string,
  options: StreamOptions,
): Promise<string | undefined> {
  const module = /^module\.(.+)$/.exec(name)?.[1];
  if (module != null) {
    if (!stream.modules.some((one) => one.name === module)) return undefined;
    const { modules } = await checkStream(stream, options);
    return modules.find((one) => one.name === module)?.version;
  }
  const read = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (read) return read(await surveyBase(stream, options));
  throw new LockstepError('usage', `there is no value ${name}`, {
    hint: `one of ${Object.keys(VALUES).join(', ')}, module.NAME`,
  });
}
