import { Command } from '@commander-js/extra-typings';
import { contextOf, printJson, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Merges each document over those before it, as Ignition merges at the first boot. The result has the
newest version of them. Butane is built first.

Examples:
  $ lockstep ignition merge base.ign nas.ign -o whole.ign`;

export const merge = projectOptions(new Command('merge'))
  .argument('<file...>', 'Ignition or Butane, the parent first')
  .option('-o, --output <file>', 'write there')
  .option('-d, --files-dir <dir>', 'take local files from this folder')
  .option('-p, --pretty', 'format the document for people')
  .description('Merges documents at build time, child over parent.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { documentText } = await import('../../ignition/build.ts');
    const { joinDocuments } = await import('../../ignition/join.ts');
    const { buildOptions, documentFrom, put, tell } = await import('./action/io.ts');
    const context = contextOf(options);
    const documents = [];
    for (const file of files) {
      const document = await documentFrom(context, file, buildOptions(context, options.filesDir));
      if (document) documents.push(document);
    }
    if (documents.length < files.length) return;
    const { document, findings } = joinDocuments(documents, files.join(' + '));
    tell(context, findings, [], document != null);
    if (!document) return;
    const text = documentText(document, options.pretty);
    if (options.output != null || !options.json) await put(context, `${text}\n`, options.output);
    if (options.json) printJson(context, { document: JSON.parse(text) as unknown, findings });
  });
