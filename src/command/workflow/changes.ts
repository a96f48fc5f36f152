import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
For pull requests: tells whether anything but what ci.ignore names has changed since a commit. When
git cannot tell, something has.

Example:
  $ lockstep workflow changes --since "$BASE" --outputs "$GITHUB_OUTPUT"`;

export const changes = projectOptions(new Command('changes'))
  .description('Tells whether anything that builds something has changed since a commit.')
  .requiredOption('--since <commit>', 'the commit, all digits of it')
  .option('--outputs <file>', 'write builds=true or builds=false there, for later jobs')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/changes.ts')).changes(options));
