import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Reads the configuration, asks upstream (an archive, an image) which kernel it would follow, and holds
that against what each module says it supports: the compat gate alone. Looks too for what would end a run late: programs, the
scenario, the overlay, packages of the image, room. Builds nothing. Exit status 0 when all fit,
1 when one does not, 2 when something else has to be mended first.

Examples:
  $ lockstep check
  $ lockstep check -C examples/debian-zfs --json`;

export const command = projectOptions(new Command('check'))
  .summary('check the configuration, and whether the kernel suits the modules')
  .description('Checks lockstep.yaml and whether each module supports the kernel to be followed.')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/check.ts')).check(options));
