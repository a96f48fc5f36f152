import type { Stream } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { LockstepError } from '../../system/error.ts';
import type { StreamOptions } from '../context/new-run.ts';
import { runStream, type StreamRun } from '../run/stream.ts';
import { isPromoted, type PlanDocument, plannedChannel, streamOf } from './document.ts';
import { loadInputs } from './folder.ts';
import type { Task } from './tasks.ts';

export interface CarryOutOptions
  extends Omit<StreamOptions, 'registry' | 'channel' | 'builder' | 'shared'> {
  plan: PlanDocument;
  /** Where the plan was saved. */
  folder: string;
  streams: readonly Stream[];
  /** Milliseconds to wait for another run of the same project. */
  patience?: number;
}

/**
 * Does the jobs of a plan, one after another, with exactly what was planned: nothing that moves is
 * asked again, and a job that fails holds no other. Throws `config` for a stream that is not
 * configured.
 */
export async function carryOut(
  tasks: readonly Task[],
  options: CarryOutOptions,
): Promise<StreamRun[]> {
  const done: StreamRun[] = [];
  for (const task of tasks) {
    done.push(await carryOutOne(task, options));
    if (options.signal.aborted) break;
  }
  return done;
}

async function carryOutOne(task: Task, options: CarryOutOptions): Promise<StreamRun> {
  const { plan, folder, streams, env, project: cwd, signal, now } = options;
  const stream = streams.find(({ name }) => name === task.stream);
  const entry = streamOf(plan, task.stream);
  if (!stream || !entry?.inputs) throw notConfigured(task.stream);
  const inputs = await loadInputs(folder, entry.name, entry.inputs);
  const { builder } = plan.request;
  const promote = isPromoted(plan, stream.name);
  const place = stream.publish.registry;
  const { record, compat } = entry;
  return runStream(stream, {
    ...options,
    channel: plannedChannel(plan),
    registry: openRegistry(place, { env, cwd, signal, now }),
    promotionRegistry: openRegistry(place, { env, cwd, now }),
    ...(builder && stream.builder && { builder }),
    ...(record.replay && { replay: inputs }),
    planned: { id: record.id, job: task.job, promote, inputs, compat },
    request: task.request,
  });
}

function notConfigured(stream: string): LockstepError {
  return new LockstepError('config', `the plan is of a stream that is not configured: ${stream}`, {
    context: { stream },
    hint: 'carry it out in the checkout that it was made in',
  });
}
