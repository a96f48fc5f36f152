import type { Command } from '@commander-js/extra-typings';
import { CONFIG_FILE } from '../../config/file.ts';
import { flistOptions } from './options.ts';

/** The command that packs, proves and hands out the flists of a kernel. */
export function addPublishCommand(flist: Command): void {
  flistOptions(flist.command('publish'))
    .argument(
      '[source]',
      'folder with lib/modules, or an image (default: the stable image of the stream)',
    )
    .summary('pack modules and firmware, prove them and hand them out')
    .option('--config <file>', 'configuration, from the folder of the project', CONFIG_FILE)
    .option('--stream <name>', 'which stream, where there are several')
    .option('--conf <file>', 'an rfs.conf instead of lockstep.yaml: no registry is written to')
    .option('--kernel <release>', 'whose modules, where there are those of several')
    .option('--firmware <dir>', 'folder with firmware (default: lib/firmware of the source)')
    .option('--no-firmware', 'pack no firmware')
    .option('--firmware-tag <text>', 'names firmware-TEXT.fl (default: the day)')
    .option(
      '--kernel-config <file>',
      '.config of the kernel build: its release must be that of the modules',
    )
    .option('--makefile <file>', 'Makefile of the kernel source, for the same')
    .option('--sign <place>', 'Ed25519 key that signs the manifests: env:NAME or a file')
    .option('-o, --output <dir>', 'folder for the manifests', 'dist/flists')
    .addHelpText(
      'after',
      `
Modules must be of the release that their folder is named after, be in the indexes, and be taken by
the kernel (gate abi); blocks are read back through the routes (gate contents). Then the tags
modules-RELEASE-latest and firmware-latest move together in the registry, and the manifests are put
into the store with checksums and signatures.

Examples:
  $ lockstep flist publish
  $ lockstep flist publish --conf config/rfs.conf --kernel-config linux/.config --makefile linux/Makefile initramfs`,
    )
    .action(async (source, options) =>
      (await import('./action/publish.ts')).publish(source, options),
    );
}
