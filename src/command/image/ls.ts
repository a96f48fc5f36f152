import { Command } from '@commander-js/extra-typings';
import { imageOptions, wholeNumber } from '../options/image.ts';

const EXAMPLES = `
Reads tables of contents where layers have them and the image names them by digest; other layers
are streamed once and never stored. Exit status 1 when nothing matches.

Examples:
  $ lockstep ls registry.example.org/fedora/kinoite:44 'usr/lib/modules/*'
  $ lockstep ls registry.example.org/owner/akmods-zfs:main-44 '*.rpm' --bytes
  $ lockstep ls oci:store/debian-zfs:latest --layer 0
  $ lockstep ls oci:store/debian-zfs:latest etc --json`;

export const command = imageOptions(new Command('ls'))
  .summary('list the files in an image without pulling it')
  .description('Lists the files of an image, its layers laid over each other.')
  .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .argument('[glob]', 'which paths; a plain path is a file, or all below a folder', '**')
  .option('--layer <number>', 'only this layer as it is, 0 the lowest', wholeNumber)
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (image, glob, options) =>
    (await import('./action/ls.ts')).ls(image, glob, options),
  );
