import { LockstepError } from '../../../system/error.ts';
import { runsOf } from '../../../workflow/runs/api.ts';
import type { Run } from '../../../workflow/runs/run.ts';
import { type ProjectOptions, printJson } from '../../options/project.ts';
import { runLine } from '../render/runs.ts';
import { projectEngine } from './engine.ts';

/** Among how many of the newest runs one is looked for by its number. */
const LOOKED_AT = 100;

export async function cancel(wanted: string | undefined, options: ProjectOptions): Promise<void> {
  const { context, client } = await projectEngine(options);
  const api = runsOf(client);
  const run = chosen(await api.runs(LOOKED_AT), wanted);
  await api.cancel(run);
  const now = await api.run(run.id);
  if (options.json) printJson(context, { run: now });
  else context.stdout.write(`asked to stop: ${runLine(now)}\n`);
}

function chosen(runs: readonly Run[], wanted: string | undefined): Run {
  const isMeant = ({ id, number }: Run) => [id, number].map(String).includes(wanted ?? '');
  const open = runs.filter((run) => run.state !== 'done' && (wanted == null || isMeant(run)));
  const [only, ...others] = open;
  if (only && others.length === 0) return only;
  const lines = open.map((run) => `\n  ${runLine(run)}`).join('');
  if (only)
    throw new LockstepError('usage', `${open.length} runs are under way:${lines}`, {
      hint: 'name one of them',
    });
  const what = wanted == null ? 'no run is under way' : `no run ${wanted} is under way`;
  throw new LockstepError('not-found', what, { hint: 'lockstep workflow status shows them' });
}
