import { type Command, Option } from '@commander-js/extra-typings';
import { wholeNumber } from '../options/image.ts';
import { flistOptions } from './options.ts';

/** The commands that mount flists. */
export function addMountCommands(flist: Command): void {
  flistOptions(flist.command('mount'))
    .argument('<target>', 'folder to mount on')
    .summary('mount a flist, read-only')
    .requiredOption('-m, --meta <file>', 'manifest')
    .option('-c, --cache <dir>', 'folder that keeps blocks', '/tmp/cache')
    .option('--cache-limit <mib>', 'MiB that it may hold', wholeNumber, 4096)
    .option('--key <file>', 'public key, PEM: refuse a manifest that FILE.sig is no signature of')
    .option('-d, --daemon', 'return when it is mounted')
    .option('-l, --log <file>', 'with -d: where messages go')
    .addHelpText(
      'after',
      '\nWithout -d it ends when it is unmounted; SIGTERM and Ctrl-C unmount it.\n\nExamples:\n  $ lockstep flist mount -m modules.fl -d /lib/modules/6.12.44',
    )
    .action(async (target, options) => (await import('./action/mount.ts')).mount(target, options));
  flistOptions(flist.command('umount'))
    .argument('<target>', 'where a flist is mounted')
    .summary('unmount a flist')
    .addHelpText('after', '\nExamples:\n  $ lockstep flist umount /lib/modules/6.12.44')
    .action(async (target, options) =>
      (await import('./action/umount.ts')).umount(target, options),
    );
  flistOptions(flist.command('units'))
    .summary('write the scripts and units that mount flists at boot')
    .addOption(
      new Option('--init <name>', 'what starts services')
        .choices(['zinit', 'systemd'] as const)
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <dir>', 'root that they are written into')
    .option('--folder <dir>', 'where the manifests lie on the machine', '/etc/flists')
    .option(
      '--wait <seconds>',
      'how long a store may take before the boot goes on',
      wholeNumber,
      30,
    )
    .addHelpText('after', '\nExamples:\n  $ lockstep flist units --init zinit -o initramfs')
    .action(async (options) => (await import('./action/units.ts')).units(options));
}
