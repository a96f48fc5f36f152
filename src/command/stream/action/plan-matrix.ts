import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { type Dispatch, parseDispatch } from '../../../release/jobs/dispatch.ts';
import type { PlanDocument } from '../../../release/jobs/document.ts';
import { outputsOf } from '../../../release/jobs/outputs.ts';
import { type Asked, planDocument, planStreams } from '../../../release/jobs/plan.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import { runId } from '../../../release/record/run-name.ts';
import type { PlannedStream } from '../../../release/run/look.ts';
import { exitCodeOf, LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { showMatrix, tellMatrix } from '../../jobs/matrix.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { worst } from '../../render/exit.ts';
import { writeOutputs } from '../../render/job.ts';
import type { PlanOptions } from './plan-options.ts';

export async function planMatrix(options: PlanOptions): Promise<void> {
  const context = contextOf(options);
  const { cwd } = context;
  const dispatch = dispatchOf(context, options.dispatch);
  const { streams, file } = await loadConfig(cwd, options.config);
  const asked = await askedOf(streams, cwd, { options, dispatch });
  const { kernel: kernels } = options;
  const builder = dispatch.build_container_image;
  const look = {
    ...context,
    channel: channelOf(options),
    project: cwd,
    run: runId(context.now(), randomBytes(2).toString('hex')),
    request: {
      force: options.force ?? dispatch.force_rebuild,
      promote: options.promote && dispatch.promote_to_stable,
      ...(kernels && { kernels }),
    },
    ...(builder && { builder }),
  };
  const planned = await planStreams(asked, look);
  const folder = options.save == null ? undefined : resolve(cwd, options.save);
  const document = await planDocument(planned, { ...look, folder });
  if (options.outputs != null)
    await writeOutputs(resolve(cwd, options.outputs), outputsOf(document));
  await tellMatrix(document, context, file);
  const { run, kmods, images, stopped, idle } = document;
  if (options.json) printJson(context, { run, kmods, images, stopped, idle });
  else context.stdout.write(`${showMatrix(document, context.style)}\n`);
  process.exitCode = statusOf(planned, document);
}

/** What the variable that `--dispatch env:NAME` names asks for; without one nothing special. */
function dispatchOf({ env }: Context, place: string | undefined): Dispatch {
  if (place == null) return parseDispatch('', '');
  const name = /^env:([A-Za-z_]\w*)$/.exec(place)?.[1];
  const text = name && env[name];
  if (name && text != null) return parseDispatch(text, name);
  throw new LockstepError('usage', `--dispatch ${place}: there is no such variable`, {
    hint: 'name a variable of the environment: --dispatch env:NAME',
  });
}

/** The streams that are meant, with the inputs that a lock gives them. */
function askedOf(
  streams: readonly Stream[],
  project: string,
  { options, dispatch }: { options: PlanOptions; dispatch: Dispatch },
): Promise<Asked[]> {
  const chosen = streamsNamed(streams, options.stream ?? dispatch.streams);
  const { use_input_lock: locked, lock_file: file } = dispatch;
  if (!locked) return replaysOf(chosen, project, {});
  return replaysOf(chosen, project, file ? { replay: file } : { locked });
}

/** A plan in which no stream goes on has failed like the worst of them. */
function statusOf(planned: readonly PlannedStream[], { stopped }: PlanDocument): number {
  if (stopped.length < planned.length || planned.length === 0) return 0;
  return worst(planned.map(({ error }) => (error == null ? 1 : exitCodeOf(error))));
}
