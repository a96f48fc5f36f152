import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Prints a small document that is replaced by a large one, which it names by URL and sha512: for
clouds that hand over little. FILE is what lies at the URL, byte for byte.

Examples:
  $ lockstep ignition pointer https://example.org/nas.ign nas.ign`;

export const pointer = projectOptions(new Command('pointer'))
  .argument('<url>', 'where the document will be fetched')
  .argument('<file>', 'the document; - for standard input')
  .option('-o, --output <file>', 'write there')
  .description('Prints a small document that names a large one by URL and hash.')
  .addHelpText('after', EXAMPLES)
  .action(async (url, file, options) => {
    const { pointer: run } = await import('./action/pointer.ts');
    await run(contextOf(options), { url, file }, options);
  });
