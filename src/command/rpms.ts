import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { isRpm, listRpms } from '../build/rpm/list.ts';
import { extractEntries } from '../oci/extract.ts';
import { openImageTree } from '../oci/tree.ts';
import { mayBeSelected, selectEntries } from '../oci/tree-select.ts';
import { imageOptions, openImageOf, treeOptionsOf } from './image-options.ts';
import { contextOf, printJson } from './options.ts';
import { printable } from './render/listing.ts';
import { rpmsDocument, rpmsTable } from './render/rpms.ts';

const EXAMPLES = `
Knows kmods images made by lockstep, akmods of Universal Blue, fedora-zfs-kmods, and any other image
that holds RPM files. Names, versions and kernels are those of the headers, not of the file names.

Examples:
  $ lockstep rpms list registry.example.org/owner/akmods-zfs:main-44
  $ lockstep rpms list oci:store/kmods-zfs:main-44 --json
  $ lockstep rpms extract oci:store/kmods-zfs:main-44 -o rpms 'kmod-*.rpm'`;

const CACHE = 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]';

const list = imageOptions(new Command('list'))
  .summary('list the packages in an image of kernel modules')
  .description('Lists the RPM files in an image. Exit status 1 when there are none.')
  .argument('<image>', CACHE)
  .action(async (image, options) => {
    const context = contextOf(options);
    const { reader, version } = openImageOf(image, context, options);
    const listing = await listRpms(reader, version, treeOptionsOf(options));
    if (options.json) printJson(context, { image, ...rpmsDocument(listing) });
    else context.stdout.write(rpmsTable(listing, process.stdout.columns));
    if (listing.packages.length === 0) process.exitCode = 1;
  });

const extract = imageOptions(new Command('extract'))
  .summary('fetch packages from an image of kernel modules')
  .description('Writes RPM files of an image below a folder. Exit status 1 when none matches.')
  .argument('<image>', CACHE)
  .argument('[glob]', 'which of them, by their paths in the image', '**/*.rpm')
  .requiredOption('-o, --output <dir>', 'the folder to write to; it is made when it is not there')
  .action(async (image, glob, options) => {
    const context = contextOf(options);
    const { reader, version } = openImageOf(image, context, options);
    const keep = mayBeSelected(glob);
    const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), keep });
    const entries = (await selectEntries(tree, glob)).filter(({ path }) => isRpm(path));
    const output = resolve(context.cwd, options.output);
    const { files } = await extractEntries(tree, entries, output);
    const { digest } = tree.image.document.descriptor;
    if (options.json) printJson(context, { image, digest, output, files, transfer: tree.transfer });
    else for (const path of files) context.stdout.write(`${printable(path)}\n`);
    if (files.length === 0) process.exitCode = 1;
  });

export const command = new Command('rpms')
  .summary('list and fetch the packages in images of kernel modules')
  .description('Looks into images that hold RPM files.')
  .addCommand(list)
  .addCommand(extract)
  .addHelpText('after', EXAMPLES);
