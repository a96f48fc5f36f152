import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Examples:
  $ lockstep ignition show nas.ign
  $ lockstep ignition show butane.yaml -d ignition-files`;

export const show = projectOptions(new Command('show'))
  .argument('<file>', 'Ignition or Butane; - for standard input')
  .option('-d, --files-dir <dir>', 'take local files from this folder')
  .description('Tells what a document does to a machine, in the order of its first boot.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { show: run } = await import('./action/show.ts');
    await run(contextOf(options), file, options);
  });
