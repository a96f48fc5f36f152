import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Judges an Ignition document as Ignition does before it uses one; Butane is built first. Exit status 0 when it would be used,
warnings or not, 1 when it would not.

Examples:
  $ lockstep ignition validate nas.ign`;

export const validate = valueOptions(projectOptions(new Command('validate')))
  .argument('<file>', 'Ignition or Butane; - for standard input')
  .description('Judges an Ignition document as Ignition does.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { validate: run } = await import('./action/validate.ts');
    await run(contextOf(options), file, options);
  });
