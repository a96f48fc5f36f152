import { type CiStatus, ciStatus, isWell } from '../../../workflow/runs/status.ts';
import { type ProjectOptions, printJson } from '../../options/project.ts';
import { addSummary, markdownTable } from '../../render/job.ts';
import { statusLines } from '../render/runs.ts';
import { projectEngine } from './engine.ts';

interface StatusOptions extends ProjectOptions {
  limit: number;
}

export async function status(options: StatusOptions): Promise<void> {
  const { context, config, client } = await projectEngine(options);
  const found: CiStatus = await ciStatus(client, options.limit);
  if (options.json) printJson(context, found);
  else context.stdout.write(`${statusLines(found, context.style).join('\n')}\n`);
  await addSummary(context.env, summary(found));
  if (!isWell(found, config.ci.branch)) process.exitCode = 1;
}

function summary({ runs }: CiStatus): string {
  const rows = runs.map(({ number, file, ref, event, state, result, failed }) => [
    String(number),
    file.replace(/^.*\//, ''),
    ref,
    event,
    result ?? state,
    failed
      .map(({ job, step, message }) => [job, step, message].filter(Boolean).join(': '))
      .join(' '),
  ]);
  return markdownTable(['run', 'workflow', 'ref', 'event', 'result', 'failed'], rows);
}
