import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';
import { choiceOptions } from '../options/several.ts';

const EXAMPLES = `
Moves the stable tags to an image that is stored already, with the kmods image that is in it.
Every gate must have a recorded pass for exactly this digest; it is read back right before the
first tag moves. A promotion that died half way is finished or undone first.
Exit status 1 when a gate stands against it.

With --planned it promotes the streams of a plan, each by itself: one that has not passed holds no other.

Examples:
  $ lockstep promote candidate-1a2b3c4-12
  $ lockstep promote sha256:DIGEST --dry-run
  $ lockstep promote candidate-1a2b3c4-12 --stream debian-zfs
  $ lockstep promote --planned plan`;

export const command = choiceOptions(projectOptions(new Command('promote')))
  .summary('move the stable tags to an image that has passed')
  .description('Promotes a stored candidate by hand.')
  .argument('[ref]', 'tag or digest in the repository of the image')
  .option('--planned <dir>', 'promote what was planned: lockstep plan --matrix --save DIR')
  .option('--dry-run', 'tell what would move, and move nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) =>
    (await import('./action/promote.ts')).promote(reference, options),
  );
