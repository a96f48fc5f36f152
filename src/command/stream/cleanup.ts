import { Command, Option } from '@commander-js/extra-typings';
import { channels } from '../../release/channel/channel.ts';
import { wholeNumber } from '../options/image.ts';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Tells what may go from the repositories of a stream, what stays and why; removes it with --yes.
Always kept: what hosts follow, rollback targets, whatever a running promotion speaks of, tags that
lockstep did not make; and what any of those holds, needs, or is signed by. Signatures, verdicts and
records live and die with what they belong to. Nobody promotes while it removes.

Examples:
  $ lockstep cleanup                        what would go, and why
  $ lockstep cleanup --yes                  remove it
  $ lockstep cleanup --channel branch       what all branches left beside main's
  $ lockstep cleanup --keep-days 30 --keep-newest 5 --keep 'candidate-1a2b3c4-*'`;

export const command = projectOptions(new Command('cleanup'))
  .summary('tell what may go from the registry, and remove it with --yes')
  .description('Removes what is neither followed, nor needed, nor young.')
  .option('--keep-days <n>', 'keep everything younger than this', wholeNumber, 90)
  .option(
    '--keep-newest <n>',
    'keep the newest of each kernel (default: 3, 0 of branches)',
    wholeNumber,
  )
  .option('--keep-rollbacks <n>', 'promotions to be able to go back to (default: all)', wholeNumber)
  .option('--keep <tag...>', 'keep these tags; * stands for anything')
  .addOption(new Option('--channel <name>', 'whose repositories (default: main)').choices(channels))
  .option('--stream <name>', 'which stream of the configuration')
  .option('--yes', 'remove; without it nothing is changed')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/cleanup.ts')).cleanup(options));
