import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Judges an Ignition document as Ignition does before it uses one. Exit status 0 when it would be used,
warnings or not, 1 when it would not.

Examples:
  $ lockstep ignition validate nas.ign`;

export const validate = projectOptions(new Command('validate'))
  .argument('<file>', 'Ignition document; - for standard input')
  .description('Judges an Ignition document as Ignition does.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { validate: run } = await import('./action/validate.ts');
    await run(contextOf(options), file, options);
  });
