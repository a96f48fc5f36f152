import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Asks the engine for the newest runs. Of a failed one it tells each job that failed, the step of
lockstep behind it and what to do next, out of the log of the job; and which workflows or schedules
are switched off, as GitHub does with those of quiet repositories.
Exit status 1 when the newest run of a workflow on ci.branch failed, or something is switched off.

Examples:
  $ lockstep workflow status
  $ lockstep workflow status --limit 30 --json`;

export const status = projectOptions(new Command('status'))
  .description('Tells how the newest runs of the workflows went, and why those that failed did.')
  .option('--limit <n>', 'how many runs', count, 10)
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/status.ts')).status(options));

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a number from 1 to 999');
}
