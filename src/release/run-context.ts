import { join } from 'node:path';
import { configDigest } from '../config/load.ts';
import type { Stream } from '../config/schema.ts';
import type { Registry } from '../oci/repository.ts';
import type { EventSink } from '../system/event.ts';
import { type Channel, MAIN, streamForChannel } from './channel.ts';
import { endsOf } from './channel-ends.ts';
import type { RunContext } from './context.ts';
import { archivesOf } from './debian/archives.ts';
import { type Folders, foldersOf } from './folders.ts';

/** What work on a stream takes from the world. */
export interface StreamOptions {
  /** As configured; what another channel than main writes goes elsewhere. */
  registry: Registry;
  /** What may be published (default: that of main). */
  channel?: Channel;
  /** Folder of the configuration. */
  project: string;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
  emit: EventSink;
}

/** What the steps of a run share; `id` is the run's name. Opens and asks nothing. */
export function runContext(
  configured: Stream,
  options: StreamOptions & Pick<RunContext, 'id' | 'onBase'> & { folders?: Folders },
): RunContext {
  const { project, env, now, signal, emit, id, onBase, channel = MAIN } = options;
  const folders = options.folders ?? foldersOf(project);
  const stream = streamForChannel(configured, channel);
  const ends = endsOf(configured, channel, options);
  const folder = join(folders.runs, `${id}-${stream.name}`);
  const archives = archivesOf(stream, { folder: folders.apt, env, signal });
  return {
    stream,
    config: configDigest(configured),
    channel,
    main: configured.publish,
    project,
    folders,
    folder,
    id,
    ...(onBase && { onBase }),
    ends,
    archives,
    env,
    now,
    signal,
    emit,
  };
}
