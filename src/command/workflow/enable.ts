import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
GitHub switches the schedules of public repositories off after 60 days without a commit; then no
image is made any more, and nobody is told. Without FILE everything that is off is switched on. Of
GitLab these are the schedules of its pipelines.

Examples:
  $ lockstep workflow enable
  $ lockstep workflow enable build.yml`;

export const enable = projectOptions(new Command('enable'))
  .description('Switches workflows on that somebody, or GitHub for inactivity, switched off.')
  .argument('[file]', 'the workflow')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => (await import('./action/enable.ts')).enable(file, options));
