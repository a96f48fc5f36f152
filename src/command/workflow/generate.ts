import { Command, Option } from '@commander-js/extra-typings';
import { extras } from '../../workflow/project/extra.ts';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Nothing is looked up: the same configuration gives the same bytes. Each file has a digest of itself;
one that was edited by hand, or is somebody else's, is not overwritten: the answer is no (exit status
1), with a diff, until --force is given. Commits of actions that were renewed stay. Files that
nothing makes any more are removed.

Extras: just (a Justfile), renovate, dependabot, devcontainer. Once made, they are kept up to date.

Examples:
  $ lockstep workflow generate
  $ lockstep workflow generate --extras just,dependabot
  $ lockstep workflow generate --print`;

export const generate = projectOptions(new Command('generate'))
  .description('Writes the files of the CI service that the configuration names.')
  .option('--print', 'print the files, and write nothing')
  .option('--force', 'overwrite what was edited by hand, and what others wrote')
  .addOption(
    new Option('--extras <names>', `make these too: ${extras.join(', ')}`).argParser((names) =>
      names.split(/[\s,]+/).filter(Boolean),
    ),
  )
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/generate.ts')).generate(options));
