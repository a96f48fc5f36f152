import { Command, Option } from '@commander-js/extra-typings';
import { engines } from '../../config/ci/engines.ts';
import { profileNames } from '../../config/profile/names.ts';
import { commonOptions } from '../options/project.ts';
import { several } from '../options/several.ts';

const EXAMPLES = `
Writes lockstep.yaml, its schema for editors (lockstep.schema.json), and a .gitignore for what runs
leave behind. Asks what it has to know and looks at each answer at once, suites and kernels against
the archive; with --profile it takes what is usual, but for what --set says. What is there already is
never touched; --schema writes the schema alone, of the version of lockstep that is called.

With --ci it writes the key ci too, and the files of that CI (docs/workflow.md); of GitHub and Forgejo
the registry is that of the repository which git calls origin, otherwise it has to be named.

Profiles: debian (OpenZFS of the archive), dkms (the module of any DKMS package on Debian), kinoite
(Kinoite of Universal Blue), coreos (Fedora CoreOS), bootc (Fedora's bootc image), these with OpenZFS.

Examples:
  $ lockstep init                                          asks what it has to know
  $ lockstep init --profile debian --set suite=trixie --set kernel=linux-image-amd64
  $ lockstep init --profile kinoite --set registry=registry.example.org/me --set image=kinoite-zfs
  $ lockstep init --profile coreos --ci
  $ lockstep init --profile debian --ci gitlab --set registry=registry.example.org/me
  $ lockstep init --schema`;

export const command = commonOptions(new Command('init'))
  .summary('write a first lockstep.yaml')
  .description('Writes a configuration to start from. An existing one is never touched.')
  .addOption(new Option('--profile <name>', 'do not ask, take what is usual').choices(profileNames))
  .option('--set <name=answer>', 'answer one question of the profile (can be repeated)', several)
  .addOption(
    new Option('--ci [engine]', 'write the files of a CI service too (default: github)')
      .choices(engines)
      .preset('github'),
  )
  .option('--schema', 'write lockstep.schema.json alone')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/init.ts')).init(options));
