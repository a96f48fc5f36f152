import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
Asks the repository or registry of each pin. A commit that no branch and no tag of its repository
leads to may be of a fork: servers give it all the same. The version in the comment behind an action
must be the tag of that commit. NAMES are names of pins, or kinds: action, image, commit, keyring,
program.
Exit status 1 when anything found is an error.

Examples:
  $ lockstep pins verify
  $ lockstep pins verify actions/checkout`;

export const verify = commonOptions(new Command('verify'))
  .summary('tell whether pins are what they say they are')
  .description('Asks the source of each pin whether it is what it says it is.')
  .argument('[names...]', 'pins or kinds of pins (default: all)')
  .addHelpText('after', EXAMPLES)
  .action(async (names, options) => (await import('./action/verify.ts')).verify(names, options));
