import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import type { Survey } from '../../../release/survey/answer.ts';
import { checkStream, lookAhead } from '../../../release/survey/survey.ts';
import { type Finding, passes } from '../../../system/finding.ts';
import { checkFirstBoot, type FirstBoot, showBoot } from '../../ignition/action/check.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { placedLines } from '../../render/finding.ts';
import { addSummary, findingAnnotations, isJob, markdownTable } from '../../render/job.ts';
import { located } from '../../text/place.ts';

export async function check(options: ProjectOptions): Promise<void> {
  const context = contextOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const { streams, file } = config;
  const checked: Checked[] = [];
  const boots: FirstBoot[] = [];
  for (const stream of streams) {
    const registry = openRegistry(stream.publish.registry, context);
    const look = { ...context, registry, project: context.cwd };
    const at = { config, stream };
    const ahead = located(await lookAhead(stream, { ...look, packages: true }), at);
    const { kernel, modules, ...seen } = await checkStream(stream, look);
    const findings = located(seen.findings, at);
    const result = passes(findings) ? 'fits' : 'does not fit';
    checked.push({ stream: stream.name, kernel, modules, result, findings, ahead });
    if (stream.ignition) boots.push(await checkFirstBoot(context, options, stream.name));
  }
  if (options.json) printJson(context, { streams: checked, firstBoots: boots });
  else
    context.stdout.write(
      `${[...checked.map((one) => show(one, context.cwd)), ...boots.map(showBoot)].join('\n')}\n`,
    );
  const findings = checked.flatMap((one) => [...one.findings, ...one.ahead]);
  if (isJob(context.env))
    context.stderr.write(findingAnnotations(findings, { env: context.env, file }));
  await addSummary(context.env, summary(checked));
  process.exitCode = statusOf(checked, boots);
}

interface Checked extends Pick<Survey, 'stream' | 'kernel' | 'modules' | 'findings'> {
  result: 'fits' | 'does not fit';
  /** What else would end a run. */
  ahead: Finding[];
}

/** A kernel that does not fit is an answer; what else would end a run can be mended. */
function statusOf(checked: readonly Checked[], boots: readonly FirstBoot[]): number {
  if (!checked.every(({ findings }) => passes(findings))) return 1;
  if (!boots.every(({ built }) => built)) return 1;
  return checked.every(({ ahead }) => passes(ahead)) ? 0 : 2;
}

function show({ stream, kernel, result, findings, ahead }: Checked, folder: string): string {
  const head = `${stream}: Linux ${kernel.release} ${result}`;
  return [head, ...placedLines([...findings, ...ahead], folder)].join('\n');
}

function summary(checked: readonly Checked[]): string {
  const rows = checked.map(({ stream, kernel, result, findings, ahead }) => {
    const why = [...findings, ...ahead].map(({ message }) => message).join('; ');
    return [stream, kernel.release, result, why];
  });
  return markdownTable(['stream', 'kernel', 'modules', ''], rows);
}
