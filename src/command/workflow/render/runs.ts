import type { FailedJob } from '../../../workflow/runs/failed.ts';
import type { Run, WorkflowState } from '../../../workflow/runs/run.ts';
import type { CiStatus, RunStatus } from '../../../workflow/runs/status.ts';
import { printable } from '../../render/listing.ts';
import { paint, type Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

/** One run in a line, as messages name it. */
export function runLine({ number, file, ref, event, page }: Run): string {
  return printable(`run ${number} of ${shortName(file)} on ${ref} (${event}): ${page}`);
}

/** A run and what failed in it. */
export function runLines(run: RunStatus): string[] {
  return [`${run.result ?? run.state}: ${runLine(run)}`, ...run.failed.flatMap(failedLines)];
}

const WHY: Record<NonNullable<WorkflowState['off']>, string> = {
  'by hand': 'somebody switched it off',
  'for inactivity': 'the server switched it off: nobody committed for 60 days',
  'in a fork': 'workflows of forks are off until somebody switches them on',
};

/** How the runs of a repository went, as people read it. */
export function statusLines({ repository, runs, off, unknown }: CiStatus, style: Style): string[] {
  const rows = runs.map((run) =>
    [
      String(run.number),
      shortName(run.file),
      run.ref,
      run.event,
      run.created,
      run.result ?? run.state,
    ].map(printable),
  );
  return [
    repository,
    ...(rows.length > 0 ? [table(rows, style)] : ['no runs yet']),
    ...runs.filter(({ failed }) => failed.length > 0).flatMap((run) => ['', ...runLines(run)]),
    ...off.flatMap(({ file, name, why }) => [
      '',
      `${paint(style, 'yellow', 'off')}: ${printable(`${file} (${name})`)}: ${WHY[why]}`,
      `  lockstep workflow enable ${printable(shortName(file))}`,
    ]),
    ...unknown.map((what) => `this server does not tell ${what}`),
  ];
}

function failedLines({ job, at, stream, step, message, hint, page }: FailedJob): string[] {
  const where = [stream, step].filter(Boolean).join(': ');
  return [
    `  job ${job} failed${at ? ` at "${at}"` : ''}${page ? `: ${page}` : ''}`,
    ...(message
      ? [`    ${where ? `${where}: ` : ''}${message}`]
      : ['    lockstep said nothing in its log']),
    ...(hint ? [`    ${hint}`] : []),
  ].map(printable);
}

function shortName(file: string): string {
  return file.replace(/^.*\//, '');
}
