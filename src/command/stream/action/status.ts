import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf, streamForChannel } from '../../../release/channel/channel.ts';
import { endsOf } from '../../../release/channel/ends.ts';
import { type Leftover, leftoversOf } from '../../../release/channel/leftovers.ts';
import { readStreamState } from '../../../release/status/state.ts';
import { type Lag, type StreamStatus, statusOf } from '../../../release/status/status.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { duration } from '../../render/duration.ts';
import { addSummary, markdownTable } from '../../render/job.ts';
import { table } from '../../render/table.ts';

type StatusOptions = ProjectOptions & ChannelOptions;

export async function status(options: StatusOptions): Promise<void> {
  const context = contextOf(options);
  const channel = channelOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const streams: StreamStatus[] = [];
  for (const stream of config.streams) {
    const registry = openRegistry(stream.publish.registry, context);
    const ends = endsOf(stream, channel, { ...context, registry, project: context.cwd });
    const state = await readStreamState(ends, streamForChannel(stream, channel), channel);
    streams.push(statusOf(state, context.now()));
  }
  const left = await leftoversOf(context.cwd);
  if (options.json) printJson(context, { streams, left });
  else context.stdout.write(`${[...streams.map(show), ...leftText(left)].join('\n\n')}\n`);
  await addSummary(context.env, summary(streams));
  if (streams.some((status) => status.state !== 'current')) process.exitCode = 1;
}

function show(status: StreamStatus): string {
  const { lag } = status;
  const modules = Object.entries(status.modules).map(([name, version]) => `${name} ${version}`);
  const rows = [
    [status.stream, status.state],
    ['  upstream', status.upstreamKernel ?? 'not seen yet'],
    ['  stable', [status.stableKernels.join(' and ') || 'none', ...modules].join(', ')],
    ...(status.rolledBack ? [['  rolled back', rollbackText(status.rolledBack)]] : []),
    ...(lag ? [[status.state === 'failing' ? '  fails' : '  lags', lagText(lag)]] : []),
    ...(lag?.held ? [['  held by', `${lag.held.step}: ${lag.held.message.split('\n')[0]}`]] : []),
    ...(lag?.held?.findings ?? []).map((finding) => ['', finding]),
    ...(lag?.held?.hint ? [['  next', lag.held.hint.split('\n')[0] ?? '']] : []),
    ...(status.lastRun ? [['  last run', lastRunText(status.lastRun)]] : []),
    ...(status.lastRun?.findings ?? []).map((finding) => ['  odd', finding]),
    ...(status.dangling ?? []).map((tag) => ['  odd', `the tag ${tag} points to nothing`]),
  ];
  return table(rows);
}

/** What stands on this machine alone; the registry knows nothing of it. */
function leftText(left: readonly Leftover[]): string[] {
  if (left.length === 0) return [];
  const lines = left.map(({ path, bytes, kind }) =>
    kind === 'mount' ? `  mounted: ${path}` : `  ${(bytes / 1e6).toFixed(0)} MB in ${path}`,
  );
  return [['left by a run that was killed; the next one takes or removes it', ...lines].join('\n')];
}

function lagText({ seconds, since, kernels }: Lag): string {
  const time = `${duration(seconds)}, since ${since}`;
  return kernels.length > 0 ? `${time}: ${kernels.join(', ')}` : time;
}

/** Runs leave stable where a rollback has put it, until there is another image. */
function rollbackText({ seconds, since }: NonNullable<StreamStatus['rolledBack']>): string {
  return `${duration(seconds)} ago, at ${since}; go on with: lockstep promote, or run --force`;
}

/** With the name by which other commands know the run. */
function lastRunText({ id, outcome, finished }: NonNullable<StreamStatus['lastRun']>): string {
  return `${outcome} at ${finished} (${id})`;
}

function summary(streams: readonly StreamStatus[]): string {
  const rows = streams.map(({ stream, state, upstreamKernel, stableKernels, lag }) => [
    stream,
    state,
    upstreamKernel ?? '',
    stableKernels.join(' '),
    lag?.held ? `${lag.held.step}: ${lag.held.message}` : '',
  ]);
  return markdownTable(['stream', 'state', 'upstream', 'stable', 'held by'], rows);
}
