import { Command, Option } from '@commander-js/extra-typings';
import { imageOptions } from '../options/image.ts';
import { several } from '../options/several.ts';

const EXAMPLES = `
Boots the image's own kernel in QEMU on the image's own files and runs a scenario there; with
--verbose its console is shown meanwhile.
Exit status 0 when every step passed and the kernel had nothing to say against it, else 1.
Scenarios are looked for in the folder scenarios/ of the project, then among lockstep's own:
load (loads and unloads each --module), zfs (makes and uses a pool). docs/boot.md tells more.

Examples:
  $ lockstep smoke oci:./store/debian-zfs:latest --scenario zfs
  $ lockstep smoke --tar rootfs.tar --module dummy --module loop
  $ lockstep smoke --root ./rootfs --scenario mine --keep ./console`;

const accelerators = new Option('--accelerator <name>', 'what runs the guest').choices([
  'kvm',
  'tcg',
]);

export const command = imageOptions(new Command('smoke'))
  .summary('boot an image in a guest and run a scenario in it')
  .description('Boots an image, an unpacked root or a tar archive and runs a scenario in it.')
  .argument('[image]', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--root <dir>', 'an unpacked root instead of an image')
  .option('--tar <file>', 'a tar archive of a root instead of an image')
  .option('--kernel <release>', 'which kernel, when there are several')
  .option('--scenario <name>', 'what the guest does (default: load, when modules are given)')
  .option('--module <name>', 'a module to look at (can be repeated)', several)
  .option('--keep <dir>', 'keep the console there')
  .addOption(accelerators)
  .addHelpText('after', EXAMPLES)
  .action(async (image, options) => (await import('./action/smoke.ts')).smoke(image, options));
