import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
The last job of a run that is spread over machines (docs/ci.md). It makes one record of what the
jobs have left of each stream, also of those that died, and closes earlier runs whose own report did.
Call it again whenever: what is closed stays as it is.

It notes when upstream was looked at, which status tells. With a token for the repository that git calls
origin (GITHUB_TOKEN, FORGEJO_TOKEN, GITLAB_TOKEN) it keeps an issue for each stream that lags longer
than ci.issue, and with ci.keep_alive the schedule on; what the token does not allow is told, no more.
Exit status 1 when a stream failed or was stopped.

Examples:
  $ lockstep report --planned plan
  $ lockstep report --planned plan --json`;

export const command = projectOptions(new Command('report'))
  .summary('close a run that was spread over machines, and tell what it came to')
  .description('Closes the records of a planned run and tells what it came to.')
  .requiredOption('--planned <dir>', 'the plan: lockstep plan --matrix --save DIR')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/report.ts')).report(options));
