import type { Stream } from '../../config/schema.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { writeHeartbeat } from '../record/heartbeat.ts';
import { readStreamState } from '../status/state.ts';
import { type StreamStatus, statusOf } from '../status/status.ts';
import type { CloseOptions } from './close.ts';
import { plannedChannel } from './document.ts';

const AT_ONCE = 8;

/**
 * Notes when upstream was looked at, for each stream of main for which the plan did so, and tells
 * how these stand now. A run with saved inputs has looked at nothing, nor has one that could not
 * reach what it follows.
 */
export async function lookBack(options: CloseOptions): Promise<StreamStatus[]> {
  const { plan, streams } = options;
  if (plannedChannel(plan).name !== 'main') return [];
  const looked = plan.streams.flatMap(({ name, record: { id, upstream, replay } }) => {
    const stream = streams.find((one) => one.name === name);
    return stream && upstream && !replay ? [{ stream, run: id, upstream }] : [];
  });
  return mapConcurrently(looked, AT_ONCE, async ({ stream, run, upstream }) => {
    const image = imageOf(stream, options);
    const { name } = stream;
    await writeHeartbeat(image, {
      schema_version: 1,
      stream: name,
      run,
      looked: plan.created,
      upstream,
    });
    return statusOf(await readStreamState({ image, stable: image }, stream), options.now());
  });
}

function imageOf(stream: Stream, { registryOf }: CloseOptions) {
  return registryOf(stream).repository(stream.publish.image);
}
