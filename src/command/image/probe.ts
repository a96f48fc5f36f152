import { Command } from '@commander-js/extra-typings';
import { imageOptions } from '../options/image.ts';

const EXAMPLES = `
Knows caches made by lockstep, akmods of Universal Blue, and fedora-zfs-kmods. Without a tag the
tags that name the kernel are tried. Answers yes, stale (another kernel or version) or no.
Exit status 0 for yes, 1 otherwise.

Examples:
  $ lockstep probe registry.example.org/owner/akmods-zfs --module zfs --kernel 6.17.8-300.fc43.x86_64
  $ lockstep probe oci:store/kmods-zfs --module zfs --kernel 6.12.95-amd64 --module-version 2.4.0`;

export const command = imageOptions(new Command('probe'))
  .summary('ask a cache for modules for exactly one kernel')
  .description('Tells whether a cache of kernel modules holds those for exactly one kernel.')
  .argument('<cache>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .requiredOption('--module <name>', 'name of the module: zfs')
  .requiredOption('--kernel <release>', 'the exact kernel release, as uname -r prints it')
  .option('--module-version <version>', 'the exact version of the module (default: any)')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (cache, options) => (await import('./action/probe.ts')).probe(cache, options));
