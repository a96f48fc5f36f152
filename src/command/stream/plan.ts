import { Command, Option } from '@commander-js/extra-typings';
import { CHANNEL_HELP, channelOptions } from '../options/channel.ts';
import { projectOptions } from '../options/project.ts';
import { choiceOptions } from '../options/several.ts';

const EXAMPLES = `
Asks the archive and the registry, changes nothing. Exit status 1 when a gate stops the run, 2 when a
program, the scenario or the overlay is missing that the run would need later.

With --matrix it plans for many machines (docs/ci.md): what moves is resolved once, and jobs that say
--planned DIR use exactly that. Exit status 0 when a stream goes on or has nothing to do, whatever
stops others.

Examples:
  $ lockstep plan
  $ lockstep plan --json
  $ lockstep plan --stream nas desktop
  $ lockstep plan --matrix --save plan --outputs "$GITHUB_OUTPUT" --dispatch env:DISPATCH`;

/** Whoever names a place for the plan of jobs wants one. */
const MATRIX = { matrix: true } as const;

export const command = choiceOptions(channelOptions(projectOptions(new Command('plan'))))
  .summary('tell what a run would do, and why')
  .description('Tells for each stream which steps a run would do, reuse or leave out.')
  .option('--no-promote', 'plan a run that stops at the candidate')
  .option('--force', 'plan a run that makes everything again')
  .option('--matrix', 'plan the jobs of one run that is spread over machines')
  .addOption(
    new Option('--save <dir>', 'with --matrix: write the plan here, for --planned').implies(MATRIX),
  )
  .addOption(
    new Option('--outputs <file>', 'with --matrix: append outputs of the job to it').implies(
      MATRIX,
    ),
  )
  .addOption(
    new Option('--dispatch <env:NAME>', 'with --matrix: JSON with what is asked by hand').implies(
      MATRIX,
    ),
  )
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) =>
    options.matrix
      ? (await import('./action/plan-matrix.ts')).planMatrix(options)
      : (await import('./action/plan.ts')).plan(options),
  );
