import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
RUN is the number or the id of a run, as lockstep workflow status shows them. Without it the one run
that is under way is cancelled; of several none is, and they are told. Tags that hosts follow are
never moved by halves, whenever a run ends.

Examples:
  $ lockstep workflow cancel
  $ lockstep workflow cancel 42`;

export const cancel = projectOptions(new Command('cancel'))
  .description('Cancels a run that is under way.')
  .argument('[run]', 'number or id of the run')
  .addHelpText('after', EXAMPLES)
  .action(async (run, options) => (await import('./action/cancel.ts')).cancel(run, options));
