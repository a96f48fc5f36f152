import { Command } from '@commander-js/extra-typings';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Tells what a machine would get differently, contents decoded. Exit status 0 also when there is a
difference.

Examples:
  $ lockstep ignition diff old.ign butane.yaml`;

export const diff = projectOptions(new Command('diff'))
  .argument('<before>', 'Ignition or Butane')
  .argument('<after>', 'Ignition or Butane')
  .option('-d, --files-dir <dir>', 'take local files from this folder')
  .description('Tells what a machine would get differently.')
  .addHelpText('after', EXAMPLES)
  .action(async (before, after, options) => {
    const { changeLines, diffDocuments } = await import('../../ignition/diff.ts');
    const { buildOptions, documentFrom } = await import('./action/io.ts');
    const context = contextOf(options);
    const build = buildOptions(context, options.filesDir);
    const one = await documentFrom(context, before, build);
    const other = await documentFrom(context, after, build);
    if (!one || !other) return;
    const changes = diffDocuments(one, other);
    if (options.json) return printJson(context, { changes });
    for (const line of changes.flatMap(changeLines)) context.stdout.write(`${line}\n`);
    return undefined;
  });
