import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
Asks nobody: reads the files alone.

Examples:
  $ lockstep pins list
  $ lockstep pins list --json`;

export const list = commonOptions(new Command('list'))
  .summary('list what is pinned, and where')
  .description('Lists what is pinned in the workflows and lockstep.yaml, and where.')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/list.ts')).list(options));
