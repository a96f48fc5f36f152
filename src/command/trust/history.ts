import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';
import { several } from '../options/several.ts';

const EXAMPLES = `
Every promotion and rollback leaves a record that names the one before it. Tells the moves of each
tag, and what does not fit: a tag that points where no promotion has moved it (swapped), or back to
an earlier one without a rollback (silent-rollback), two records after the same one (fork), a record
that is missing (gap). What is missing at the end is seen by who remembers it (cut-short). With trust
in lockstep.yaml only records count that its keys have signed. Exit status 1 when something is wrong.

Examples:
  $ lockstep trust history
  $ lockstep trust history latest --json
  $ lockstep trust history --remember seen.json`;

export const history = projectOptions(new Command('history'))
  .description('Holds the tags that promotions move against the records of promotions.')
  .argument('[tag]', 'one tag of the OS image (default: every tag that promotions move)')
  .option('--stream <name>', 'this stream alone (can be repeated)', several)
  .option('--remember <file>', 'file that holds the newest records that were seen')
  .addHelpText('after', EXAMPLES)
  .action(async (tag, options) => (await import('./action/history.ts')).history(tag, options));
