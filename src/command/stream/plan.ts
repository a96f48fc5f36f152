import { Command } from '@commander-js/extra-typings';
import { CHANNEL_HELP, channelOptions } from '../options/channel.ts';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Asks the archive and the registry, changes nothing. Exit status 1 when a gate stops the run, 2 when a
program, the scenario or the overlay is missing that the run would need later.

Examples:
  $ lockstep plan
  $ lockstep plan --json`;

export const command = channelOptions(projectOptions(new Command('plan')))
  .summary('tell what a run would do, and why')
  .description('Tells for each stream which steps a run would do, reuse or leave out.')
  .option('--no-promote', 'plan a run that stops at the candidate')
  .option('--force', 'plan a run that makes everything again')
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) => (await import('./action/plan.ts')).plan(options));
