import { Command } from '@commander-js/extra-typings';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Moves Butane to the newest version of its variant, and Ignition to the newest of all. Only what must
change is changed; comments stay. What a machine would get differently is told on standard error.

Examples:
  $ lockstep ignition migrate butane.yaml -o butane.yaml
  $ lockstep ignition migrate old.ign`;

export const migrate = projectOptions(new Command('migrate'))
  .argument('<file>', 'Butane or Ignition; - for standard input')
  .option('-o, --output <file>', 'write there; may be the file itself')
  .option('-d, --files-dir <dir>', 'take local files from this folder')
  .description('Moves a document to the newest version.')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => {
    const { migrate: move } = await import('../../ignition/migrate.ts');
    const { changeLines } = await import('../../ignition/diff.ts');
    const { buildOptions, put, readInput, tell } = await import('./action/io.ts');
    const context = contextOf(options);
    const source = await readInput(context, file);
    const moved = await move(source, buildOptions(context, options.filesDir));
    tell(context, options.json ? [] : moved.findings, [source], moved.text != null);
    if (options.json) printJson(context, moved);
    if (moved.text == null) return;
    if (!options.json)
      for (const line of moved.changes.flatMap(changeLines)) context.stderr.write(`${line}\n`);
    if (options.output != null || !options.json) await put(context, moved.text, options.output);
  });
