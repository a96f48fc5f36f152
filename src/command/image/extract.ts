import { Command } from '@commander-js/extra-typings';
import { imageOptions } from '../options/image.ts';

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
  .action(async (image, glob, options) =>
    (await import('./action/extract.ts')).extract(image, glob, options),
  );
