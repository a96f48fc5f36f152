import { Command } from '@commander-js/extra-typings';
import { COMPAT_FILE, OPENZFS_REPOSITORY } from '../../source/openzfs/places.ts';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
Prints which kernels each release of OpenZFS supports, line by line, the newest of a line first. A
table comes with lockstep; a project's own, which \`lockstep compat refresh\` makes, goes before it.
Exit status 1 when no release listed fits the kernel, or when the release asked for is not known.

Examples:
  $ lockstep compat
  $ lockstep compat --line 2.3
  $ lockstep compat --kernel 6.18
  $ lockstep compat --release 2.3.5 --kernel 6.18.4-200.fc43.x86_64
  $ lockstep compat refresh`;

const REFRESH_EXAMPLES = `
Reads META at the tag of every release, one request at a time, and writes ${COMPAT_FILE} into the
folder of the project, where it goes before the table that comes with lockstep. What is known from a
tag is not asked for again, so an interrupted refresh goes on where it stopped. GITHUB_TOKEN raises
the rate limit, which without one is at 60 requests an hour.

Examples:
  $ lockstep compat refresh
  $ lockstep compat refresh -o table.json --all`;

const refresh = commonOptions(new Command('refresh'))
  .summary('make the table anew from every release of OpenZFS')
  .description('Makes the compatibility table from META of every release of OpenZFS.')
  .option('-o, --output <file>', 'where to write it, from the folder of the project', COMPAT_FILE)
  .option('--all', 'ask for every release, also for those that are known')
  .option('--releases <address>', 'the repository in the API of GitHub', OPENZFS_REPOSITORY)
  .addHelpText('after', REFRESH_EXAMPLES)
  .action(async (options, self) =>
    (await import('./action/compat.ts')).refresh({ ...options, ...self.optsWithGlobals() }),
  );

export const command = commonOptions(new Command('compat'))
  .summary('tell which kernels each release of OpenZFS supports')
  .description('Prints which kernels each release of OpenZFS supports.')
  .option(
    '--kernel <release>',
    'tell which releases fit this kernel: 6.18, or as uname -r prints it',
  )
  .option('--line <line>', 'only releases of this line: 2.3')
  .option('--release <version>', 'only this release: 2.3.5')
  .addHelpText('after', EXAMPLES)
  .addCommand(refresh)
  .action(async (options) => (await import('./action/compat.ts')).compat(options));
