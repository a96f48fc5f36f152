import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Copies what a project keeps from one place to another: images, kmods, verdicts, records,
signatures and tags. FROM and TO are places as in publish.registry, a registry's namespace or
oci:DIR; lockstep.yaml says which repositories. What is there already is not sent again, and a copy
that was stopped goes on. Tags that hosts follow move last, all of a stream together, and only to
images for which every gate has a recorded pass at TO.

Without --yes it tells what it would do. Left out are branches and tags that lockstep did not make;
--all takes them too. Afterwards set publish.registry to TO: a run there finds nothing to do.
Exit status 1 when a gate stands against a tag that hosts follow; the rest is copied then.

Examples:
  $ lockstep copy oci:./store registry.example/owner
  $ lockstep copy oci:./store registry.example/owner --yes
  $ lockstep copy registry.example/owner oci:./backup --all --stream debian-zfs --yes`;

export const command = projectOptions(new Command('copy'))
  .summary('copy a project to another registry or folder, with --yes')
  .description('Copies everything that a project keeps to another place.')
  .argument('<from>', 'HOST/OWNER or oci:DIR')
  .argument('<to>', 'HOST/OWNER or oci:DIR')
  .option('--all', 'branches and tags that lockstep did not make, too')
  .option('--stream <name>', 'this stream alone (default: all)')
  .option('--yes', 'copy; without it nothing is changed')
  .addHelpText('after', EXAMPLES)
  .action(async (from, to, options) => (await import('./action/copy.ts')).copy(from, to, options));
