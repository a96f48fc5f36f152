import { runJob } from '../../../ignition/build-job.ts';
import { findingText, type IgnitionFinding } from '../../../ignition/finding.ts';
import type { Context } from '../../context/context.ts';
import type { ProjectOptions } from '../../options/project.ts';
import { jobFrom } from './job.ts';

/** The first boot of a stream, built as `lockstep ignition build` builds it. */
export interface FirstBoot {
  stream: string;
  built: boolean;
  findings: IgnitionFinding[];
}

export async function checkFirstBoot(
  context: Context,
  { config }: ProjectOptions,
  stream: string,
): Promise<FirstBoot> {
  const { done, findings } = await runJob(await jobFrom(context, [], { config, stream }));
  return { stream, built: done != null, findings };
}

export function showBoot({ stream, built, findings }: FirstBoot): string {
  const head = `${stream}: its first boot ${built ? 'is built' : 'cannot be built'}`;
  return [head, ...findings.map((finding) => `  ${findingText(finding)}`)].join('\n');
}
