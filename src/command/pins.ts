import { Command } from '@commander-js/extra-typings';
import { list } from './pins/list.ts';
import { update } from './pins/update.ts';
import { verify } from './pins/verify.ts';

const EXAMPLES = `
Pins are what of others is used at one exact state: actions at a commit, images at a digest, commits
of module sources, and lockstep itself in the package.json of jobs. They are read out of every
workflow of the repository, also those written by hand, and lockstep.yaml (docs/workflow.md).

Examples:
  $ lockstep pins list
  $ lockstep pins verify
  $ lockstep pins update`;

export const command = new Command('pins')
  .summary('list, check and renew what is pinned')
  .description('Lists, checks and renews what of others the project uses at one exact state.')
  .addCommand(list)
  .addCommand(verify)
  .addCommand(update)
  .addHelpText('after', EXAMPLES);
