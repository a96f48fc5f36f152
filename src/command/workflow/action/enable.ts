import { LockstepError } from '../../../system/error.ts';
import { didYouMean } from '../../../system/nearest.ts';
import { runsOf } from '../../../workflow/runs/api.ts';
import type { WorkflowState } from '../../../workflow/runs/run.ts';
import { type ProjectOptions, printJson } from '../../options/project.ts';
import { projectEngine } from './engine.ts';

export async function enable(wanted: string | undefined, options: ProjectOptions): Promise<void> {
  const { context, client } = await projectEngine(options);
  const api = runsOf(client);
  const known = await api.workflows();
  // What an engine does not tell, it does not switch on either; it says so.
  const off = known
    ? meant(known, wanted).filter(({ off: why }) => why)
    : [{ file: wanted ?? '', id: 0, name: '' }];
  for (const workflow of off) await api.enable(workflow);
  const enabled = off.map(({ file, name }) => ({ file, name }));
  if (options.json) printJson(context, { enabled });
  else
    context.stdout.write(
      enabled.length === 0
        ? 'everything is on\n'
        : enabled.map(({ file, name }) => `switched on ${file} (${name})\n`).join(''),
    );
}

function meant(known: readonly WorkflowState[], wanted: string | undefined): WorkflowState[] {
  if (wanted == null) return [...known];
  const names = known.flatMap(({ file, name }) => [file, file.replace(/^.*\//, ''), name]);
  const found = known.filter(
    ({ file, name }) =>
      name === wanted ||
      file === wanted ||
      file.endsWith(`/${wanted}`) ||
      file.endsWith(`/${wanted}.yml`),
  );
  if (found.length > 0) return found;
  throw new LockstepError(
    'not-found',
    `the server knows no workflow ${wanted}${didYouMean(wanted, names)}`,
    {
      hint: 'it knows those of the default branch alone: push the file first',
    },
  );
}
