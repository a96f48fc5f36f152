import { Command } from '@commander-js/extra-typings';
import { LockstepError } from '../../system/error.ts';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

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
    const { readDocument } = await import('../../ignition/document.ts');
    const { hashOf, pointerDocument } = await import('../../ignition/pointer.ts');
    const { put, readInput, tell } = await import('./action/io.ts');
    const context = contextOf(options);
    if (!/^(?:https?|tftp|s3|gs):\/\//.test(url))
      throw new LockstepError('usage', `${url} is no URL that Ignition fetches`);
    const source = await readInput(context, file);
    const { findings, document } = readDocument(source);
    tell(context, findings, [source], document != null);
    if (!document) return;
    const hash = hashOf(source.text);
    const text = pointerDocument(url, { hash, version: document.version.version });
    if (options.output != null || !options.json) await put(context, `${text}\n`, options.output);
    if (options.json) printJson(context, { url, hash, document: JSON.parse(text) as unknown });
  });
