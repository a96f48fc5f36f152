import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { carryOut } from '../../../release/jobs/carry-out.ts';
import { loadPlan } from '../../../release/jobs/folder.ts';
import { runTasks } from '../../../release/jobs/tasks.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import type { PlanStep } from '../../../release/plan/step.ts';
import { streamsNamed } from '../../../release/promotion/by-hand.ts';
import { runStream, type StreamRun } from '../../../release/run/stream.ts';
import type { EventSink } from '../../../system/event.ts';
import type { Context } from '../../context/context.ts';
import { tellRuns } from '../../jobs/runs.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, printJson, type ReplayOptions } from '../../options/project.ts';
import type { ChoiceOptions } from '../../options/several.ts';
import { rendererFor } from '../../render/choose.ts';

interface RunOptions extends ReplayOptions, ChannelOptions, ChoiceOptions {
  planned?: string;
  build: boolean;
  promote: boolean;
  force?: true;
  only?: PlanStep;
  builder?: string;
  keepGoing?: true;
  wait: number;
}

export async function run(options: RunOptions): Promise<void> {
  const context = contextOf(options, 'the next run goes on');
  const config = await loadConfig(context.cwd, options.config);
  const renderer = rendererFor(context);
  const work = {
    ...context,
    emit: renderer.emit,
    chosen: streamsNamed(config.streams, options.stream),
  };
  const done = await (options.planned == null
    ? runAll(work, options)
    : runPlanned(work, options, options.planned));
  renderer.close();
  if (options.json)
    printJson(context, {
      streams: done.map(({ record }) => ({ name: record.stream, ...record })),
    });
  await tellRuns(done, { ...context, config, json: options.json });
}

type Work = Context & { emit: EventSink; chosen: readonly Stream[] };

/** The streams one after another, each from following to promotion. */
async function runAll({ chosen, ...context }: Work, options: RunOptions): Promise<StreamRun[]> {
  const channel = channelOf(options);
  const { force, promote, only, build, builder, kernel: kernels } = options;
  const done: StreamRun[] = [];
  for (const { stream, inputs } of await replaysOf(chosen, context.cwd, options)) {
    const { env, cwd } = context;
    const run = await runStream(stream, {
      ...context,
      registry: openRegistry(stream.publish.registry, context),
      channel,
      ...(builder && { builder }),
      promotionRegistry: openRegistry(stream.publish.registry, { env, cwd }),
      project: cwd,
      ...(inputs && { replay: inputs }),
      request: { force, promote, only, build, ...(kernels && { kernels }) },
      patience: options.wait * 1000,
    });
    done.push(run);
    if (run.error != null && (!options.keepGoing || context.signal.aborted)) break;
  }
  return done;
}

/** What a plan has for this machine. */
async function runPlanned(
  { chosen: streams, ...context }: Work,
  options: RunOptions,
  planned: string,
): Promise<StreamRun[]> {
  const folder = resolve(context.cwd, planned);
  const plan = await loadPlan(folder);
  const { only, build, promote, kernel: kernels } = options;
  const names = options.stream && streams.map(({ name }) => name);
  return carryOut(runTasks(plan, { streams: names, kernels, only, build, promote }), {
    ...context,
    project: context.cwd,
    plan,
    folder,
    streams,
    patience: options.wait * 1000,
  });
}
