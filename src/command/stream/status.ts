import { Command } from '@commander-js/extra-typings';
import { CHANNEL_HELP, channelOptions } from '../options/channel.ts';
import { projectOptions } from '../options/project.ts';
import { choiceOptions } from '../options/several.ts';

const EXAMPLES = `
Reads the registry alone: any machine that may read it sees the same. Where a run was killed it
tells too what that has left on this machine.
Exit status 1 when a stream lags behind, was rolled back, was never promoted, or when its last run
failed; with --html it is 0, as the page is there and tells so.

Examples:
  $ lockstep status
  $ lockstep status --stream nas desktop
  $ lockstep status --html public/index.html
  $ lockstep status --json`;

export const command = choiceOptions(channelOptions(projectOptions(new Command('status'))))
  .summary('tell how far, how long and why stable lags')
  .description(
    'Tells for each stream which kernel upstream has, which stable has, and what holds it.',
  )
  .option('--html <file>', 'write a page for browsers too: one file without scripts')
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) => (await import('./action/status.ts')).status(options));
