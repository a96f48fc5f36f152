import type { PlanDocument } from '../../release/jobs/document.ts';
import type { Context } from '../context/context.ts';
import { addSummary, findingAnnotations, isJob, markdownTable } from '../render/job.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** What a plan comes to, line by line: the stream, what becomes of it, and why. */
function rowsOf({ kmods, images, stopped, idle }: PlanDocument): string[][] {
  return [
    ...kmods.include.map((build) => [
      several(build.for),
      `build for Linux ${build.kernel}`,
      build.modules.join(', '),
    ]),
    ...images.include.map(({ stream, steps, why }) => [stream, steps.join(', '), why]),
    ...stopped.map(({ stream, gate, finding }) => [stream, `stopped by ${gate}`, finding.message]),
    ...idle.map((stream) => [stream, 'nothing to do', '']),
  ];
}

/** Names, of many only the first. */
function several(names: readonly string[]): string {
  const more = names.length - 3;
  return more > 1 ? `${names.slice(0, 3).join(', ')} and ${more} more` : names.join(', ');
}

/** A plan of jobs, for people. */
export function showMatrix(plan: PlanDocument, style: Style): string {
  return [`plan ${plan.run}`, table(rowsOf(plan).map(indented), style)].join('\n');
}

function indented([first = '', ...rest]: string[]): string[] {
  return [`  ${first}`, ...rest];
}

/** Tells the job what was planned, and what stops a stream at the configuration. */
export async function tellMatrix(
  plan: PlanDocument,
  { env, stderr }: Pick<Context, 'env' | 'stderr'>,
  file: string,
): Promise<void> {
  const findings = plan.stopped.map(({ finding }) => finding);
  if (isJob(env)) stderr.write(findingAnnotations(findings, { env, file }));
  await addSummary(env, markdownTable(['stream', 'work', 'why'], rowsOf(plan)));
}
