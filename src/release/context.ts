import type { Stream } from '../config/schema.ts';
import type { EventSink } from '../system/event.ts';
import type { Archives } from './archives.ts';
import type { Folders } from './folders.ts';
import type { Ends } from './observe.ts';

/** Everything that the steps of one run share. */
export interface RunContext {
  stream: Stream;
  /** Folder of the configuration. */
  project: string;
  folders: Folders;
  /** The run's own folder, kept for people to look at. */
  folder: string;
  /** The run's name. */
  id: string;
  ends: Ends;
  archives: Archives;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
  emit: EventSink;
}

/** How container tools call a stored image, seen from the project's folder. */
export function imageReference(context: RunContext, repository: string, tag: string): string {
  const { registry } = context.stream.publish;
  return `${registry.replace(/\/+$/, '')}/${repository}:${tag}`;
}

/** Passes the lines of a program on as events of a step. */
export function lineSink(context: RunContext, step: string): (line: string) => void {
  return (line) => context.emit({ type: 'line', stream: context.stream.name, step, line });
}
