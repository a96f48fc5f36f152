import { Command } from '@commander-js/extra-typings';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

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
    const { readDocument } = await import('../../ignition/document.ts');
    const { readInput, tell } = await import('./action/io.ts');
    const context = contextOf(options);
    const source = await readInput(context, file);
    const { findings, document } = readDocument(source);
    tell(context, options.json ? [] : findings, [source], document != null);
    if (options.json)
      printJson(context, { valid: document != null, version: document?.version.version, findings });
  });
