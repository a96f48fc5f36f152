import { resolve } from 'node:path';
import type { SourceText } from '../file/yaml/tree.ts';
import { LockstepError } from '../system/error.ts';
import { LocalFiles } from './butane/local-files.ts';
import { type ConfiguredStream, configuredStreams } from './configured/streams.ts';
import type { Limit } from './limits.ts';
import { isIgnition } from './read-any.ts';
import { readSource, type SourceOptions } from './source-file.ts';
import { type ExpandContext, hasTags } from './values/expand.ts';
import { expandContext } from './values/values.ts';

/** What is asked for: by arguments, or left to `ignition` of the configuration. */
export interface JobRequest extends SourceOptions {
  /** Butane files; none for those of the configuration, and without one for standard input. */
  inputs: readonly string[];
  /** The configuration, from `cwd`. */
  config: string;
  /** Which stream of several. */
  stream?: string | undefined;
  filesDir?: string | undefined;
  set?: readonly string[] | undefined;
  strict?: boolean | undefined;
  limit?: Limit | undefined;
  env: NodeJS.ProcessEnv;
  /** Values that the stable image of a stream has: `image`, `kernel`, …. */
  builtIn?: ((stream: ConfiguredStream, name: string) => Promise<string | undefined>) | undefined;
}

/** A build with everything that it needs. */
export interface BuildJob {
  sources: SourceText[];
  files: LocalFiles | undefined;
  expand: ExpandContext;
  strict: boolean;
  limit: Limit | undefined;
  /** The stream whose first boot it is, when there is a configuration. */
  stream: ConfiguredStream | undefined;
}

/** Reads what a build needs. Throws `usage`, `config` and `not-found`. */
export async function readJob(request: JobRequest): Promise<BuildJob> {
  const given = await readSources(request.inputs, request);
  // Files that ask for no values are what they are, whatever the configuration says.
  const alone = given.length > 0 && request.stream == null && !given.some(asksForValues);
  const stream = alone ? undefined : await streamOf(request);
  const said = given.length === 0 ? stream?.ignition : undefined;
  const configured = typeof said?.source === 'string' ? [said.source] : said?.source;
  const sources = given.length > 0 ? given : await readSources(configured ?? ['-'], request);
  const folder = request.filesDir ?? said?.files;
  return {
    sources,
    files: folder == null ? undefined : new LocalFiles(resolve(request.cwd, folder)),
    expand: expandFor(request, stream),
    strict: request.strict ?? said?.strict ?? false,
    limit: request.limit ?? said?.limit,
    stream,
  };
}

function asksForValues(source: SourceText): boolean {
  return hasTags(source) && !isIgnition(source);
}

async function readSources(
  files: readonly string[],
  options: SourceOptions,
): Promise<SourceText[]> {
  const sources: SourceText[] = [];
  for (const file of files) sources.push(await readSource(file, options));
  return sources;
}

function expandFor(request: JobRequest, stream: ConfiguredStream | undefined): ExpandContext {
  const { env, cwd, config, builtIn } = request;
  return expandContext({
    variables: stream?.ignition?.variables,
    secrets: stream?.ignition?.secrets,
    set: settings(request.set ?? []),
    env,
    project: cwd,
    configFile: config,
    builtIn: stream && builtIn ? (name) => builtIn(stream, name) : undefined,
  });
}

/** The stream whose first boot is meant; undefined where there is no configuration. */
async function streamOf({
  cwd,
  config,
  stream,
}: JobRequest): Promise<ConfiguredStream | undefined> {
  const streams = await configuredStreams(cwd, config);
  if (streams.length === 0) return undefined;
  const meant = streams.filter((one) => (stream == null ? one.ignition : one.name === stream));
  if (meant.length > 1)
    throw new LockstepError('usage', `${config} has several streams with a first boot`, {
      hint: `say which: --stream ${meant.map(({ name }) => name).join(' | ')}`,
    });
  if (stream != null && !meant[0])
    throw new LockstepError('usage', `${config} has no stream ${stream}`);
  return meant[0] ?? streams[0];
}

function settings(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1)
        throw new LockstepError('usage', `--set takes NAME=VALUE, not ${one.slice(0, 20)}`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}
