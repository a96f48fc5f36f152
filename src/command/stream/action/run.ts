import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import type { PlanStep } from '../../../release/plan/step.ts';
import { runStream } from '../../../release/run/stream.ts';
import { exitCodeOf } from '../../../system/error.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, printJson, type ReplayOptions } from '../../options/project.ts';
import { reportError } from '../../options/report.ts';
import { rendererFor } from '../../render/choose.ts';
import { worst } from '../../render/exit.ts';
import { showRun } from '../../render/run.ts';
import { tellJob } from '../../render/run-job.ts';

interface RunOptions extends ReplayOptions, ChannelOptions {
  promote: boolean;
  force?: true;
  only?: PlanStep;
  builder?: string;
  keepGoing?: true;
  wait: number;
}

export async function run(options: RunOptions): Promise<void> {
  const context = contextOf(options, 'the next run goes on');
  const channel = channelOf(options);
  const { streams, file } = await loadConfig(context.cwd, options.config);
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
    if (run.error != null && (!options.keepGoing || context.signal.aborted)) break;
  }
  renderer.close();
  await tellJob(
    done.map(({ record }) => record),
    context,
    file,
  );
  if (options.json)
    printJson(context, {
      streams: done.map(({ record }) => ({ name: record.stream, ...record })),
    });
  else for (const { record } of done) context.stdout.write(`${showRun(record, context.style)}\n`);
  for (const { error } of done.filter((run) => run.error != null)) reportError(error, []);
  process.exitCode = worst(done.map(({ error }) => (error == null ? 0 : exitCodeOf(error))));
}
