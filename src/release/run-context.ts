import { join } from 'node:path';
import type { Stream } from '../config/schema.ts';
import type { Registry } from '../oci/repository.ts';
import type { EventSink } from '../system/event.ts';
import type { RunContext } from './context.ts';
import { archivesOf } from './debian/archives.ts';
import { type Folders, foldersOf } from './folders.ts';

/** What work on a stream takes from the world. */
export interface StreamOptions {
  registry: Registry;
  /** Folder of the configuration. */
  project: string;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
  emit: EventSink;
}

/** What the steps of a run share; `id` is the run's name. Opens and asks nothing. */
export function runContext(
  stream: Stream,
  options: StreamOptions & { id: string; folders?: Folders },
): RunContext {
  const { registry, project, env, now, signal, emit, id } = options;
  const folders = options.folders ?? foldersOf(project);
  const ends = {
    image: registry.repository(stream.publish.image),
    kmods: registry.repository(stream.publish.kmods),
  };
  const folder = join(folders.runs, `${id}-${stream.name}`);
  const archives = archivesOf(stream, { folder: folders.apt, env, signal });
  return { stream, project, folders, folder, id, ends, archives, env, now, signal, emit };
}
