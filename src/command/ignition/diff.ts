import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Tells what a machine would get differently, contents decoded. Exit status 0 also when there is a
difference.

Examples:
  $ lockstep ignition diff old.ign butane.yaml`;

export const diff = valueOptions(projectOptions(new Command('diff')))
  .argument('<before>', 'Ignition or Butane')
  .argument('<after>', 'Ignition or Butane')
  .description('Tells what a machine would get differently.')
  .addHelpText('after', EXAMPLES)
  .action(async (before, after, options) => {
    const { diff: run } = await import('./action/diff.ts');
    await run(contextOf(options), { before, after }, options);
  });
