import { Command } from '@commander-js/extra-typings';
import { LockstepError } from '../../system/error.ts';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Writes readable Butane for an Ignition document: contents inline, modes in octal, and what Butane has
words of its own for in those words. Building it gives an equal document.

Examples:
  $ lockstep ignition decompile nas.ign -o butane.yaml`;

export const decompile = projectOptions(new Command('decompile'))
  .argument('<file>', 'Ignition document; - for standard input')
  .option('-o, --output <file>', 'write there')
  .description('Writes readable Butane for an Ignition document.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { readDocument } = await import('../../ignition/document.ts');
    const { decompile: write } = await import('../../ignition/decompile.ts');
    const { put, readInput, tell } = await import('./action/io.ts');
    const context = contextOf(options);
    const source = await readInput(context, file);
    const { findings, document } = readDocument(source);
    tell(context, findings, [source], document != null);
    if (!document) return;
    const butane = await write(document);
    if (butane == null)
      throw new LockstepError('unsupported', `Butane has no words for something in ${file}`);
    if (options.output != null || !options.json) await put(context, butane, options.output);
    if (options.json) printJson(context, { butane });
  });
