import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Examples:
  $ lockstep ignition show
  $ lockstep ignition show nas.ign
  $ lockstep ignition show butane.yaml -d ignition-files`;

export const show = valueOptions(projectOptions(new Command('show')))
  .argument('[file...]', 'Ignition, or Butane as build takes it; - for standard input')
  .description('Tells what a document does to a machine, in the order of its first boot.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { show: run } = await import('./action/show.ts');
    await run(contextOf(options), files, options);
  });
