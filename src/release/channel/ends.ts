import type { Stream } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Reader, Registry, Repository } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { EventSink } from '../../system/event.ts';
import { type Channel, flistRepository, streamForChannel } from './channel.ts';

/** The repositories of one stream on one channel. */
export interface Ends {
  /** Where images, inputs and records are kept. */
  image: Repository;
  kmods: Repository;
  /** Where flists are kept, for a stream that has them on this channel. */
  flists?: Repository;
  /** Where the tags stand that hosts follow. */
  stable: Reader;
  /** Kmods images of main, which other channels take and never write. */
  cache?: Reader;
}

export interface EndsOptions {
  /** As configured: that of main. */
  registry: Registry;
  /** Folder of the configuration. */
  project: string;
  env: NodeJS.ProcessEnv;
  emit: EventSink;
}

/**
 * Opens the repositories that a run on a channel works with; asks nothing. What belongs to main
 * can only be read, and for a pull request it may also be missing or out of reach.
 */
export function endsOf(configured: Stream, channel: Channel, options: EndsOptions): Ends {
  const { image, kmods } = configured.publish;
  const stream = streamForChannel(configured, channel);
  const { publish } = stream;
  const registry = channelRegistry(configured, channel, options);
  const own = {
    image: registry.repository(publish.image),
    kmods: registry.repository(publish.kmods),
    ...(stream.flists && { flists: registry.repository(flistRepository(stream)) }),
  };
  if (channel.name === 'main') return { ...own, stable: own.image };
  const main = {
    image: options.registry.repository(image),
    kmods: options.registry.repository(kmods),
  };
  if (channel.name === 'branch') return { ...own, stable: main.image, cache: main.kmods };
  const { emit } = options;
  return { ...own, stable: ifReachable(main.image, emit), cache: ifReachable(main.kmods, emit) };
}

/** The registry that a channel writes to: the configured one, or a folder of this project. */
export function channelRegistry(
  configured: Stream,
  channel: Channel,
  { registry, project, env }: Omit<EndsOptions, 'emit'>,
): Registry {
  if (channel.name !== 'pull-request') return registry;
  const { publish } = streamForChannel(configured, channel);
  return openRegistry(publish.registry, { env, cwd: project });
}

/** A pull request of a stranger may not even read: what cannot be asked for is made anew. */
function ifReachable(reader: Reader, emit: EventSink): Reader {
  const orElse = async <T>(ask: () => Promise<T>, none: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code === 'interrupted') throw error;
      emit({ type: 'note', message: `${reader.name} is left out: ${error.message}` });
      return none;
    }
  };
  return {
    name: reader.name,
    resolve: (reference) => orElse(() => reader.resolve(reference), undefined),
    tags: () => orElse(() => reader.tags(), []),
    has: (descriptor) => reader.has(descriptor),
    read: (descriptor, range) => reader.read(descriptor, range),
    referrers: (subject, type) => reader.referrers(subject, type),
  };
}
