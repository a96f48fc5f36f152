import { type Command, Option } from '@commander-js/extra-typings';
import { flistOptions, STORE_HELP, several } from './options.ts';

const layout = () =>
  new Option(
    '--layout <name>',
    'names of blocks in stores: sharded hh/ID, flat ID, or both',
  ).choices(['sharded', 'flat', 'both'] as const);

/** The commands that make flists and change them. */
export function addPackCommands(flist: Command): void {
  flistOptions(flist.command('pack'))
    .argument('<dir>', 'folder to pack')
    .summary('pack a folder')
    .requiredOption('-m, --meta <file>', 'manifest to write')
    .option('-s, --store <url>', STORE_HELP, several)
    .option('--conf <file>', 'stores and routes of an rfs.conf instead')
    .option('--no-strip-password', 'leave passwords in the routes of the manifest')
    .addOption(layout())
    .addHelpText(
      'after',
      '\nExamples:\n  $ lockstep flist pack -m modules.fl -s dir:///srv/blocks /lib/modules/6.12.44\n  $ lockstep flist pack -m modules.fl -s 00-7f=dir:///srv/a -s 80-ff=dir:///srv/b /lib/modules/6.12.44\n  $ lockstep flist pack -m modules.fl --conf config/rfs.conf /lib/modules/6.12.44',
    )
    .action(async (dir, options) => (await import('./action/pack.ts')).pack(dir, options));
  flistOptions(flist.command('clone'))
    .summary('copy a flist with its blocks to other stores')
    .requiredOption('-m, --meta <file>', 'manifest to copy')
    .requiredOption('-s, --store <url>', STORE_HELP, several)
    .requiredOption('-o, --output <file>', 'manifest to write')
    .option('--no-strip-password', 'leave passwords in the routes of the manifest')
    .addOption(layout())
    .addHelpText(
      'after',
      '\nExamples:\n  $ lockstep flist clone -m modules.fl -s dir:///srv/copy -o copy.fl',
    )
    .action(async (options) => (await import('./action/clone.ts')).clone(options));
  flistOptions(flist.command('patch-stores'))
    .argument('<file>', 'manifest')
    .argument('<store...>', 'routes that it gets')
    .summary('write the same flist with other routes')
    .requiredOption('-o, --output <file>', 'manifest to write')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lockstep flist patch-stores modules.fl https://example.org/blocks -o public.fl',
    )
    .action(async (file, stores, options) =>
      (await import('./action/patch-stores.ts')).patchStores(file, stores, options),
    );
  flistOptions(flist.command('from-image'))
    .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
    .summary('pack a folder of an image without pulling or unpacking it')
    .requiredOption('--path <folder>', 'folder of the image: usr/lib/modules/RELEASE')
    .requiredOption('-m, --meta <file>', 'manifest to write')
    .requiredOption('-s, --store <url>', STORE_HELP, several)
    .option('--platform <os/arch>', 'which image of an index', 'linux/amd64')
    .option('--plain-http', 'speak HTTP without TLS to the registry')
    .option('--no-strip-password', 'leave passwords in the routes of the manifest')
    .addOption(layout())
    .addHelpText(
      'after',
      '\nExamples:\n  $ lockstep flist from-image oci:store/debian-zfs:latest --path usr/lib/modules/6.12.44 -m modules.fl -s dir:///srv/blocks',
    )
    .action(async (image, options) =>
      (await import('./action/from-image.ts')).fromImage(image, options),
    );
  flistOptions(flist.command('gc'))
    .argument('<store>', 'dir:///FOLDER, s3:// or s3s://USER:PASSWORD@HOST:PORT/BUCKET')
    .summary('tell which blocks of a store no flist needs, and remove them with --yes')
    .requiredOption('--keep <file>', 'a manifest whose blocks stay', several)
    .option('--yes', 'remove them')
    .addHelpText(
      'after',
      '\nNothing younger than a day is removed.\n\nExamples:\n  $ lockstep flist gc dir:///srv/blocks --keep modules.fl --keep firmware.fl --yes',
    )
    .action(async (store, options) => (await import('./action/gc.ts')).gc(store, options));
}
