import { Command, Option } from '@commander-js/extra-typings';
import { planSteps } from '../../release/plan/step.ts';
import { CHANNEL_HELP, channelOptions } from '../options/channel.ts';
import { replayOptions } from '../options/project.ts';
import { choiceOptions } from '../options/several.ts';

const EXAMPLES = `
Follows each stream of the configuration: resolves what moves, builds modules for exactly that
kernel, composes an image, proves it by reading and by booting it, and moves the stable tags when
every gate has passed. What is there already is not made again; a run that was killed goes on.

Examples:
  $ lockstep run                         follow, build, prove, promote
  $ lockstep run --no-promote            stop at the candidate
  $ lockstep run --only boot             boot the candidate again
  $ lockstep run --channel pull-request  build and prove, publish nothing
  $ lockstep run --builder oci:./trial:41    build in another image this once
  $ lockstep run --stream nas desktop    these streams alone
  $ lockstep run --planned plan --only build --stream nas --kernel 6.12.9-200.fc44.x86_64
  $ lockstep run --locked                use exactly what lockstep.lock.json says
  $ lockstep run --replay inputs.json    use exactly the inputs of an earlier run`;

/** What a plan has settled already. */
const SETTLED = ['replay', 'locked', 'channel', 'branch', 'force', 'builder'];

export const command = choiceOptions(channelOptions(replayOptions(new Command('run'))))
  .summary('follow, build, prove and promote')
  .description('Does one run of every stream, from following to promotion.')
  .addOption(
    new Option(
      '--planned <dir>',
      'do what was planned: lockstep plan --matrix --save DIR',
    ).conflicts(SETTLED),
  )
  .option('--no-build', 'leave building to others, and do nothing without what they build')
  .option('--no-promote', 'stop at the candidate')
  .option('--force', 'build and prove again what is there')
  .addOption(new Option('--only <step>', 'do this step alone').choices(planSteps))
  .option('--builder <image>', 'build in this image instead of the configured one')
  .addOption(
    new Option(
      '--changed-since <commit>',
      'do nothing when nothing but ci.ignore has changed since then',
    ).conflicts('planned'),
  )
  .option('--keep-going', 'go on with the next stream when one fails')
  .option('--wait <seconds>', 'wait this long for another run of this project', Number, 0)
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) => (await import('./action/run.ts')).run(options));
