import { Command } from '@commander-js/extra-typings';
import { replayOptions } from '../options/project.ts';

const EXAMPLES = `
Prints the Containerfile by which a run would compose the image, and builds nothing. What it takes
from the registry stands in it by its place there; packages and overlay are laid beside it by a run,
which keeps recipe and inputs in .lockstep/runs.

Examples:
  $ lockstep compose --print
  $ lockstep compose --print --locked --stream debian-zfs`;

export const command = replayOptions(new Command('compose'))
  .summary('print the recipe of the image')
  .description('Prints the Containerfile that a run would compose by.')
  .option('--print', 'print it; composing itself is done by a run')
  .option('--stream <name>', 'which stream of the configuration')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/compose.ts')).compose(options));
