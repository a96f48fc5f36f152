import { Command } from '@commander-js/extra-typings';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

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
    const { showDocument, treeLines } = await import('../../ignition/show.ts');
    const { buildOptions, documentFrom } = await import('./action/io.ts');
    const context = contextOf(options);
    const document = await documentFrom(context, file, buildOptions(context, options.filesDir));
    if (!document) return;
    const tree = showDocument(document);
    if (options.json) printJson(context, { tree });
    else context.stdout.write(`${treeLines(tree).join('\n')}\n`);
  });
