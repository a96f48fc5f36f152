import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
What upstream has now, on one screen: the base with its digest and immutable tag, its kernel, the
modules with the kernels that they support; the kernels of a Debian archive, or the newest release
of each line of OpenZFS, and which of them fit. The text has the last ten unless --all is given.

--get prints one value for scripts, and exits with 1 when there is none: kernel, kernel-major-minor,
os-version, base, base-digest, base-tag, module.NAME.

Examples:
  $ lockstep versions
  $ lockstep versions --all --json
  $ lockstep versions --get kernel-major-minor
  $ lockstep versions --get module.zfs --stream kinoite-zfs`;

export const command = projectOptions(new Command('versions'))
  .summary('tell what upstream has, and what fits')
  .description('Tells which base, kernels and modules upstream has, and which of them fit.')
  .option('--all', 'list everything, not only the last ten')
  .option('--get <name>', 'print this value alone')
  .option('--stream <name>', 'this stream alone (default: all)')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/versions.ts')).versions(options));
