import { Command } from '@commander-js/extra-typings';
import { imageOptions } from '../options/image.ts';

const EXAMPLES = `
Trust, best first: seen (files of the image), stated (by who made it), inherited (a label that
images get from their base). Looks at the files when that is cheap or nothing else answers.
Exit status 1 when the evidence contradicts itself or names no kernel.

Examples:
  $ lockstep kernel registry.example.org/fedora/kinoite:44
  $ lockstep kernel registry.example.org/fedora/kinoite:44 --deep --json
  $ lockstep kernel oci:store/debian-zfs:latest`;

export const command = imageOptions(new Command('kernel'))
  .summary('tell which kernel is in an image, and by what evidence')
  .description('Tells which kernel is in an image without pulling it, and what speaks against it.')
  .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--deep', 'look at all files and the rpm database whatever it costs')
  .option('--metadata', 'read manifest and config only')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (image, options) => (await import('./action/kernel.ts')).kernel(image, options));
