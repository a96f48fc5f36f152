import type { Stream } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Channel } from '../channel/channel.ts';
import { MAIN } from '../channel/channel.ts';
import type { StreamOptions } from '../context/new-run.ts';
import { Shared } from '../context/shared.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { RunRequest } from '../plan/plan.ts';
import { runOfStream } from '../record/run-name.ts';
import { type PlannedStream, planStream } from '../run/look.ts';
import type { PlanDocument } from './document.ts';
import { saveInputs, savePlan } from './folder.ts';
import { workOf } from './matrix.ts';

/** Streams that are looked at at once; those that may have to unpack images fewer of them. */
const AT_ONCE = { debian: 8, image: 2 };

export interface PlanOptions extends Omit<StreamOptions, 'registry' | 'shared'> {
  /** Name of the run. */
  run: string;
  request: RunRequest;
}

/** A stream with the inputs that it is to use; without them it follows what moves. */
export interface Asked {
  stream: Stream;
  inputs?: Inputs;
}

/**
 * Plans every stream. What they have in common is asked once, so that all see the same; what goes
 * wrong with one is its own answer and holds no other.
 */
export function planStreams(
  asked: readonly Asked[],
  options: PlanOptions,
): Promise<PlannedStream[]> {
  const shared = new Shared();
  const mayBuild = asked.some((one) => one.stream.builder);
  const isDebian = asked.every(({ stream }) => stream.base.debian);
  return mapConcurrently(asked, isDebian ? AT_ONCE.debian : AT_ONCE.image, ({ stream, inputs }) => {
    const { env, project: cwd, signal, now } = options;
    const open = () => openRegistry(stream.publish.registry, { env, cwd, signal, now });
    const registry = shared.registry(stream.publish.registry, open);
    // Of several streams those that are built in an image get another one.
    const { builder, ...rest } = options;
    return planStream(stream, {
      ...rest,
      ...(builder && (stream.builder || !mayBuild) && { builder }),
      ...(inputs && { replay: inputs }),
      id: runOfStream(options.run, stream.name),
      registry,
      shared,
    });
  });
}

/** Makes a plan of what was planned, with the inputs saved in a folder where one is named. */
export async function planDocument(
  planned: readonly PlannedStream[],
  options: Pick<PlanOptions, 'run' | 'request' | 'builder' | 'now'> & {
    channel?: Channel;
    folder?: string | undefined;
  },
): Promise<PlanDocument> {
  const { run, request, builder, now, channel = MAIN, folder } = options;
  const { promote = true, force = false } = request;
  const plan: PlanDocument = {
    schema_version: 1,
    run,
    created: now().toISOString(),
    channel,
    request: { promote, force, ...(builder && { builder }) },
    ...workOf(planned),
    streams: await Promise.all(planned.map((one) => entryOf(one, folder))),
  };
  if (folder != null) await savePlan(folder, plan);
  return plan;
}

async function entryOf(
  { stream: { name }, planned, record }: PlannedStream,
  folder: string | undefined,
): Promise<PlanDocument['streams'][number]> {
  const { inputs, compat = [] } = planned?.resolved ?? {};
  const digest = folder != null && inputs && (await saveInputs(folder, inputs));
  return { name, record, compat, ...(digest && { inputs: digest }) };
}
