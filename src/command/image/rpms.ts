import { Command } from '@commander-js/extra-typings';
import { CONFIG_FILE } from '../../config/file.ts';
import { imageOptions } from '../options/image.ts';

const EXAMPLES = `
Knows kmods images made by lockstep, akmods of Universal Blue, fedora-zfs-kmods, and any other image
that holds RPM files. Names, versions and kernels are those of the headers, not of the file names.
Without an image, in a project: the kmods image that its stable image has for its newest kernel; :TAG is
a tag in the repository of its kmods images.

Examples:
  $ lockstep rpms list registry.example.org/owner/akmods-zfs:main-44
  $ lockstep rpms list oci:store/kmods-zfs:main-44 --json
  $ lockstep rpms list
  $ lockstep rpms extract :main-44-6.18.9-200.fc44.x86_64 -o rpms
  $ lockstep rpms extract oci:store/kmods-zfs:main-44 -o rpms 'kmod-*.rpm'`;

const CACHE = 'HOST/NAME[:TAG][@DIGEST], oci:DIR[:TAG], or :TAG of the project';

/** Adds the options that say which image is meant. */
function ofProject(command: Command) {
  return imageOptions(command)
    .option('--of <stream>', 'this stream of the project (default: its first)')
    .option('--config <file>', 'configuration, from the folder of the project', CONFIG_FILE);
}

const list = ofProject(new Command('list'))
  .summary('list the packages in an image of kernel modules')
  .description('Lists the RPM files in an image. Exit status 1 when there are none.')
  .argument('[image]', CACHE, ':')
  .action(async (image, options) => (await import('./action/rpms.ts')).list(image, options));

const extract = ofProject(new Command('extract'))
  .summary('fetch packages from an image of kernel modules')
  .description('Writes RPM files of an image below a folder. Exit status 1 when none matches.')
  .argument('[image]', CACHE, ':')
  .argument('[glob]', 'which of them, by their paths in the image', '**/*.rpm')
  .requiredOption('-o, --output <dir>', 'the folder to write to; it is made when it is not there')
  .action(async (image, glob, options) =>
    (await import('./action/rpms.ts')).extract(image, glob, options),
  );

export const command = new Command('rpms')
  .summary('list and fetch the packages in images of kernel modules')
  .description('Looks into images that hold RPM files.')
  .addCommand(list)
  .addCommand(extract)
  .addHelpText('after', EXAMPLES);
