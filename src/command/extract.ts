import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { extractEntries } from '../oci/extract.ts';
import { openImageTree } from '../oci/tree.ts';
import { mayBeSelected, selectEntries } from '../oci/tree-select.ts';
import { imageOptions, openImageOf, treeOptionsOf } from './image-options.ts';
import { contextOf, printJson } from './options.ts';
import { printable, transferLine } from './render/listing.ts';

const EXAMPLES = `
Fetches by range where layers have a table of contents. Nothing is written outside the folder.
Exit status 1 when nothing matches.

Examples:
  $ lockstep extract registry.example.org/owner/akmods-zfs:main-44 '*.rpm' -o rpms
  $ lockstep extract oci:store/debian-zfs:latest 'lib/modules/*/extra/**' -o modules`;

export const command = imageOptions(new Command('extract'))
  .summary('fetch some files of an image without pulling it')
  .description('Writes the files of an image that match under a folder, at their paths.')
  .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .argument('<glob>', 'which paths; a plain path is a file, or all below a folder')
  .requiredOption('-o, --output <dir>', 'the folder to write to; it is made when it is not there')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (image, glob, options) => {
    const context = contextOf(options);
    const { reader, version } = openImageOf(image, context, options);
    const keep = mayBeSelected(glob);
    const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), keep });
    const entries = await selectEntries(tree, glob);
    const output = resolve(context.cwd, options.output);
    const written = await extractEntries(tree, entries, output);
    const { transfer } = tree;
    const { digest } = tree.image.document.descriptor;
    if (options.json) printJson(context, { image, digest, output, ...written, transfer });
    else
      for (const path of [...written.files, ...written.links])
        context.stdout.write(`${printable(path)}\n`);
    if (options.bytes) context.stderr.write(`${transferLine(tree)}\n`);
    if (entries.length === 0) process.exitCode = 1;
  });
