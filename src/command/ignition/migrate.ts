import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Moves Butane to the newest version of its variant, and Ignition to the newest of all. Only what must
change is changed; comments stay. What a machine would get differently is told on standard error.

Examples:
  $ lockstep ignition migrate butane.yaml -o butane.yaml
  $ lockstep ignition migrate old.ign`;

export const migrate = valueOptions(projectOptions(new Command('migrate')))
  .argument('<file>', 'Butane or Ignition; - for standard input')
  .option('-o, --output <file>', 'write there; may be the file itself')
  .description('Moves a document to the newest version.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { migrate: run } = await import('./action/migrate.ts');
    await run(contextOf(options), file, options);
  });
