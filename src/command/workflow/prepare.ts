import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
For machines that jobs run on: makes room when there is too little and the machine is one that the
engine throws away, opens /dev/kvm, lets ordinary users make namespaces, and installs the Debian
packages of programs that the streams of the configuration need and that are missing. Says what it
does; does nothing where nothing is needed.

Examples:
  $ lockstep workflow prepare --dry-run
  $ lockstep workflow prepare`;

export const prepare = projectOptions(new Command('prepare'))
  .description('Makes a machine ready for jobs that build, compose and boot.')
  .option('--dry-run', 'tell what would be done, and do nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/prepare.ts')).prepare(options));
