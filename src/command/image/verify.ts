import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';
import { several } from '../options/several.ts';

const EXAMPLES = `
Reads the modules, the kernel's own files and its configuration, and predicts what the kernel will
do. Exit status 0 when every module passes, 1 when one fails. docs/verify.md explains each rule. What is
as expected (severity info) is shown with --verbose.

Examples:
  $ lockstep verify oci:./store/debian-zfs:latest
  $ lockstep verify --root ./rootfs
  $ lockstep verify --modules-dir /usr/lib/modules/$(uname -r) spl.ko zfs.ko
  $ lockstep verify --modules-dir DIR --symvers Module.symvers --with spl.ko zfs.ko --json`;

export const command = commonOptions(new Command('verify'))
  .summary('tell whether a kernel will load modules, by reading them')
  .description('Checks kernel modules against the kernel that they are for.')
  .argument('[image-or-modules...]', 'one image; with --modules-dir module files (default: all)')
  .option('--root <dir>', 'an unpacked root: every module of every kernel in it')
  .option('--modules-dir <dir>', 'a /usr/lib/modules/RELEASE folder')
  .option('--symvers <file>', 'Module.symvers of the kernel, plain, .xz, .gz or .zst')
  .option('--kernel-config <file>', 'configuration of the kernel')
  .option('--with <module>', 'a module that is loaded before (can be repeated)', several)
  .option(
    '--certificate <file>',
    'a key that is trusted too, DER or PEM (can be repeated)',
    several,
  )
  .option('--enforce-signatures', 'assume module.sig_enforce, or lockdown')
  .option('--platform <os/arch>', 'which image of an index', 'linux/amd64')
  .option('--plain-http', 'speak HTTP without TLS to the registry')
  .addHelpText('after', EXAMPLES)
  .action(async (args, options) => (await import('./action/verify.ts')).verify(args, options));
