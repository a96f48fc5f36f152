import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';

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
    const { decompile: run } = await import('./action/decompile.ts');
    await run(contextOf(options), file, options);
  });
