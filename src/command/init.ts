import { Command, Option } from '@commander-js/extra-typings';
import { profiles } from '../config/profile.ts';

const EXAMPLES = `
Examples:
  $ lockstep init                     asks what it needs to know
  $ lockstep init --profile debian    takes the defaults of a profile`;

export const command = new Command('init')
  .summary('write a first lockstep.yaml')
  .description('Writes a configuration to start from. An existing one is never touched.')
  .addOption(new Option('--profile <name>', 'do not ask, take these defaults').choices(profiles))
  .option('-C <dir>', 'work in this folder instead of the current one')
  .option('--json', 'print one JSON document on standard output and nothing else there')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/init.ts')).init(options));
