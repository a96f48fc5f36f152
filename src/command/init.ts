import { Command, Option } from '@commander-js/extra-typings';
import { profiles } from '../config/profile.ts';
import { commonOptions } from './options.ts';

const EXAMPLES = `
Examples:
  $ lockstep init                     asks what it needs to know
  $ lockstep init --profile debian    takes the defaults of a profile`;

export const command = commonOptions(new Command('init'))
  .summary('write a first lockstep.yaml')
  .description('Writes a configuration to start from. An existing one is never touched.')
  .addOption(new Option('--profile <name>', 'do not ask, take these defaults').choices(profiles))
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/init.ts')).init(options));
