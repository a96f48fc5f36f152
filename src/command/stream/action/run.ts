import { resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import type { Inputs } from '../../../release/inputs/inputs.ts';
import type { PlanStep } from '../../../release/plan/step.ts';
import { runStream, type StreamRun } from '../../../release/run/stream.ts';
import type { EventSink } from '../../../system/event.ts';
import { changesSince } from '../../../workflow/machine/changes.ts';
import type { Context } from '../../context/context.ts';
import { tellRuns } from '../../jobs/runs.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, note, printJson, type ReplayOptions } from '../../options/project.ts';
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
  changedSince?: string;
  wait: number;
}

export async function run(options: RunOptions): Promise<void> {
  const context = contextOf(options, 'the next run goes on');
  const config = await loadConfig(context.cwd, options.config);
  const since = options.changedSince;
  const isDue = since == null || (await isBuilt(since, config, context));
  const renderer = rendererFor(context);
  const work = {
    ...context,
    emit: renderer.emit,
    chosen: streamsNamed(config.streams, options.stream),
  };
  const done = isDue ? await runChosen(work, options) : [];
  renderer.close();
  if (options.json)
    printJson(context, {
      streams: done.map(({ record }) => ({ name: record.stream, ...record })),
    });
  await tellRuns(done, { ...context, config, json: options.json });
}

/** Whether anything has changed that a run is there for; says why. */
async function isBuilt(since: string, { ci }: LoadedConfig, context: Context): Promise<boolean> {
  const { builds, why } = await changesSince(since, ci.ignore, context);
  note(context, `${builds ? 'builds' : 'nothing to build'}: ${why}`);
  return builds;
}

type Work = Context & { emit: EventSink; chosen: readonly Stream[] };

function runChosen(work: Work, options: RunOptions): Promise<StreamRun[]> {
  if (options.planned == null) return runAll(work, options);
  return runPlanned(work, options, options.planned);
}

/** The streams one after another, each from following to promotion. */
async function runAll({ chosen, ...context }: Work, options: RunOptions): Promise<StreamRun[]> {
  const channel = channelOf(options);
  const { force, promote, only, build, builder, kernel: kernels } = options;
  const done: StreamRun[] = [];
  for (const { stream, inputs } of await withReplays(chosen, context.cwd, options)) {
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

/** The streams with the inputs that they are to use; what reads those is loaded where some are named. */
async function withReplays(
  streams: readonly Stream[],
  project: string,
  options: RunOptions,
): Promise<{ stream: Stream; inputs?: Inputs | undefined }[]> {
  if (options.replay == null && !options.locked) return streams.map((stream) => ({ stream }));
  const { replaysOf } = await import('../../../release/lock/replay.ts');
  return replaysOf(streams, project, options);
}

/** What a plan has for this machine. */
async function runPlanned(
  { chosen: streams, ...context }: Work,
  options: RunOptions,
  planned: string,
): Promise<StreamRun[]> {
  const { carryOut } = await import('../../../release/jobs/carry-out.ts');
  const { loadPlan } = await import('../../../release/jobs/folder.ts');
  const { runTasks } = await import('../../../release/jobs/tasks.ts');
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
