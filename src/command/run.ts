import { Command, Option } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { channelOf } from '../release/channel.ts';
import { replaysOf } from '../release/lock/replay.ts';
import { planSteps } from '../release/planned-step.ts';
import { runStream } from '../release/stream-run.ts';
import { exitCodeOf } from '../system/error.ts';
import { CHANNEL_HELP, channelOptions } from './channel-options.ts';
import { contextOf, printJson, replayOptions } from './options.ts';
import { rendererFor } from './render/choose.ts';
import { worst } from './render/exit.ts';
import { showRun } from './render/run.ts';
import { reportError } from './report.ts';

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
  $ lockstep run --locked                use exactly what lockstep.lock.json says
  $ lockstep run --replay inputs.json    use exactly the inputs of an earlier run`;

export const command = channelOptions(replayOptions(new Command('run')))
  .summary('follow, build, prove and promote')
  .description('Does one run of every stream, from following to promotion.')
  .option('--no-promote', 'stop at the candidate')
  .option('--force', 'build and prove again what is there')
  .addOption(new Option('--only <step>', 'do this step alone').choices(planSteps))
  .option('--builder <image>', 'build in this image instead of the configured one')
  .option('--keep-going', 'go on with the next stream when one fails')
  .option('--wait <seconds>', 'wait this long for another run of this project', Number, 0)
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) => {
    const context = contextOf(options);
    const channel = channelOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    const replays = await replaysOf(streams, context.cwd, options);
    const renderer = rendererFor(context);
    const done = [];
    for (const { stream, inputs } of replays) {
      const { env, cwd } = context;
      const registry = openRegistry(stream.publish.registry, context);
      const promotionRegistry = openRegistry(stream.publish.registry, { env, cwd });
      const { force, promote, only } = options;
      const run = await runStream(stream, {
        ...context,
        registry,
        channel,
        ...(options.builder && { builder: options.builder }),
        promotionRegistry,
        project: context.cwd,
        emit: renderer.emit,
        replay: inputs,
        request: { force, promote, only },
        patience: options.wait * 1000,
      });
      done.push(run);
      if (run.error != null && !options.keepGoing) break;
    }
    renderer.close();
    if (options.json)
      printJson(context, {
        streams: done.map(({ record }) => ({ name: record.stream, ...record })),
      });
    else for (const { record } of done) context.stdout.write(`${showRun(record)}\n`);
    for (const { error } of done.filter((run) => run.error != null)) reportError(error, []);
    process.exitCode = worst(done.map(({ error }) => (error == null ? 0 : exitCodeOf(error))));
  });
