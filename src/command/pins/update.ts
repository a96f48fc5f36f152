import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
Changes the commits, digests and versions in the files, and no other byte. Actions go to the newest
version with the same first number (with --major to the newest of all), images to what their tag
names now, commits of module sources to the newest of the default branch, lockstep to the version
that runs. What has no version or tag stays. Look at the difference before you commit it.

Examples:
  $ lockstep pins update --dry-run
  $ lockstep pins update action
  $ lockstep pins update actions/checkout --major`;

export const update = commonOptions(new Command('update'))
  .summary('renew what is pinned')
  .description('Renews pins in the files of the project.')
  .argument('[names...]', 'pins or kinds of pins (default: all)')
  .option('--major', 'take a new first number of a version, too')
  .option('--dry-run', 'tell what would change, and write nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (names, options) => (await import('./action/update.ts')).update(names, options));
