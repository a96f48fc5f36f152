import { join } from 'node:path';
import { configDigest } from '../../config/load.ts';
import type { Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { EventSink } from '../../system/event.ts';
import { type Channel, MAIN, streamForChannel } from '../channel/channel.ts';
import { endsOf } from '../channel/ends.ts';
import { type Folders, foldersOf } from '../channel/folders.ts';
import { archivesOf } from './archives.ts';
import type { RunContext } from './run-context.ts';
import type { Shared } from './shared.ts';
import type { Trust } from './trust.ts';

/** What work on a stream takes from the world. */
export interface StreamOptions {
  /** As configured; what another channel than main writes goes elsewhere. */
  registry: Registry;
  /** What may be published (default: that of main). */
  channel?: Channel;
  /** Reference of another builder image than the configured one, for this once. */
  builder?: string;
  /** What signs, where something is going to be signed. */
  trust?: Trust | undefined;
  /** What streams share that are only looked at. */
  shared?: Shared;
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
  options: StreamOptions & Pick<RunContext, 'id' | 'onBase' | 'onFinding'> & { folders?: Folders },
): RunContext {
  const {
    project,
    env,
    now,
    signal,
    emit,
    id,
    onBase,
    onFinding,
    shared,
    trust,
    channel = MAIN,
  } = options;
  const folders = options.folders ?? foldersOf(project);
  const stream = withBuilder(streamForChannel(configured, channel), options.builder);
  const ends = endsOf(configured, channel, options);
  const folder = join(folders.runs, `${id}-${stream.name}`);
  const archives = archivesOf(stream, { folder: folders.apt, env, signal, once: shared?.once });
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
    ...(onFinding && { onFinding }),
    ...(shared && { shared }),
    ends,
    archives,
    ...(trust && { trust }),
    env,
    now,
    signal,
    emit,
  };
}

function withBuilder(stream: Stream, image: string | undefined): Stream {
  if (image === undefined) return stream;
  if (stream.builder) return { ...stream, builder: { ...stream.builder, image } };
  throw new LockstepError('usage', `the stream ${stream.name} is built in no image`, {
    hint: 'leave --builder out: a Debian base has its builder made from the archive, and packages of kmods images come built',
  });
}
