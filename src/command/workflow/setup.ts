import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Shows each setting as it is and as it should be: Actions on, the default token read-only, protection
of the branch with the check lockstep, the environment limited to the branch, Pages from a workflow,
security updates, packages linked and public, and the names of the secrets that lockstep.yaml uses.
With --yes it changes what can be changed for sure; the rest is told, with where it is done by hand.
Exit status 1 when something is not as it should be.

Examples:
  $ lockstep workflow setup
  $ lockstep workflow setup --yes`;

export const setup = projectOptions(new Command('setup'))
  .description('Shows the settings of the repository as they are and as they should be.')
  .option('--yes', 'change them')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/setup.ts')).setup(options));
