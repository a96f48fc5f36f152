import { resolve } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import type { Digest } from '../../system/digest.ts';
import type { EventSink } from '../../system/event.ts';
import type { Finding } from '../../system/finding.ts';
import type { Channel } from '../channel/channel.ts';
import type { Ends } from '../channel/ends.ts';
import type { Folders } from '../channel/folders.ts';
import type { Archives } from './archives.ts';
import type { Shared } from './shared.ts';
import type { Trust } from './trust.ts';

/** What is known of what is followed before anything is chosen for it. */
export interface SeenBase {
  kernelRelease: string;
  osVersion: string;
  /** What identifies the base. */
  digest: Digest;
}

/** Everything that the steps of one run share. */
export interface RunContext {
  /** With the `publish` values of the channel. */
  stream: Stream;
  /** Digest of the configuration of the stream, the same on every channel. */
  config: Digest;
  channel: Channel;
  /** Names of the repositories of main, whatever the channel. */
  main: { image: string; kmods: string };
  /** Folder of the configuration. */
  project: string;
  folders: Folders;
  /** The run's own folder, kept for people to look at. */
  folder: string;
  /** The run's name. */
  id: string;
  ends: Ends;
  archives: Archives;
  /** What main signs by, where the configuration says so. */
  trust?: Trust | undefined;
  /** Told as soon as the base is known, for the record of a run that gets no further. */
  onBase?: (base: SeenBase) => void;
  /** Told what is odd about what is followed, for the record; the run goes on. */
  onFinding?: (finding: Finding) => void;
  /** What it shares with other streams that are looked at; a run shares nothing. */
  shared?: Shared;
  /** Choose packages anew although nothing that they are chosen for has moved. */
  anew?: boolean;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
  emit: EventSink;
}

/** How a recipe calls a stored image; a layout is reached by a link beside the recipe. */
export interface RecipeSource {
  reference: string;
  layout?: { name: string; path: string };
  /** An image of a registry that is named by its digest. */
  remote?: { name: string; digest: Digest };
}

/**
 * The reference for a recipe. Tools make an image's name from a layout's path and refuse what is
 * no good name (capitals, dots), so the path is hidden behind a link with a plain one; and of a
 * layout they take no digest, so there the tag stands, which is made of the digest.
 */
export function recipeSource(
  { stream, project }: RunContext,
  image: { repository: string; tag: string; digest?: Digest; link: string },
): RecipeSource {
  const { repository, tag, digest, link } = image;
  const registry = stream.publish.registry.replace(/\/+$/, '');
  if (!registry.startsWith('oci:')) {
    const name = `${registry}/${repository}`;
    if (!digest) return { reference: `${name}:${tag}` };
    return { reference: `${name}@${digest}`, remote: { name, digest } };
  }
  const path = resolve(project, registry.slice('oci:'.length), repository);
  return { reference: `oci:${link}:${tag}`, layout: { name: link, path } };
}

/** Tells people, and the record of the run, what is odd about what is followed. */
export function tell(
  { emit, onFinding }: Pick<RunContext, 'emit' | 'onFinding'>,
  findings: readonly Finding[],
): void {
  for (const finding of findings) {
    onFinding?.(finding);
    emit({ type: 'note', message: [finding.message, finding.hint].filter(Boolean).join('; ') });
  }
}

/** Passes the lines of a program on as events of a step. */
export function lineSink(context: RunContext, step: string): (line: string) => void {
  return (line) => context.emit({ type: 'line', stream: context.stream.name, step, line });
}
