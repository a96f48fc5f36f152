import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Merges each document over those before it, as Ignition merges at the first boot. The result has the
newest version of them. Butane is built first.

Examples:
  $ lockstep ignition merge base.ign nas.ign -o whole.ign`;

export const merge = valueOptions(projectOptions(new Command('merge')))
  .argument('<file...>', 'Ignition or Butane, the parent first')
  .option('-o, --output <file>', 'write there')
  .option('-p, --pretty', 'format the document for people')
  .description('Merges documents at build time, child over parent.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { merge: run } = await import('./action/merge.ts');
    await run(contextOf(options), files, options);
  });
