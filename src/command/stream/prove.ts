import { Command, Option } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Runs every gate of a stream on an image that is stored already: an older one, one that came from
another registry, one that was promoted under other terms. What the image must hold is read from
the inputs that it was composed of. The verdicts are recorded for its digest, where promote and
rollback look for them; no tag moves. Exit status 1 when a gate says no.

Examples:
  $ lockstep prove stable-20261120t080000z-1a2b-3c4d5e6
  $ lockstep prove latest --only boot
  $ lockstep prove sha256:DIGEST --stream debian-zfs --json`;

const gates = ['compat', 'package', 'contents', 'abi', 'boot', 'flists'] as const;

export const command = projectOptions(new Command('prove'))
  .summary('run the gates on an image that is stored')
  .description('Runs the gates of a stream on a stored image and records their verdicts.')
  .argument('<ref>', 'tag or digest in the repository of the image')
  .option('--stream <name>', 'which stream of the configuration')
  .addOption(new Option('--only <gate>', 'this gate alone').choices(gates))
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) =>
    (await import('./action/prove.ts')).prove(reference, options),
  );
