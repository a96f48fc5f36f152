import type { Leftover } from '../../release/channel/leftovers.ts';
import type { FollowedFlist } from '../../release/flists/told.ts';
import type { Lag, StreamStatus } from '../../release/status/status.ts';
import type { Context } from '../context/context.ts';
import { moment } from '../text/duration.ts';
import { table } from '../text/table.ts';
import { printable } from './listing.ts';

/** Whether hosts can tell that the stable image is yours. */
const SIGNATURE = {
  signed: 'signed',
  unsigned: 'unsigned: hosts cannot tell whose it is',
  unknown: 'not looked at: name trust.public, or set the key',
};

/** How one stream stands, for people; times are those of the machine. */
export function statusText(
  status: StreamStatus,
  { style, now }: Pick<Context, 'style' | 'now'>,
): string {
  const { lag } = status;
  const at = (time: string) => moment(time, now());
  const modules = Object.entries(status.modules).map(([name, version]) => `${name} ${version}`);
  const rows = [
    [status.stream, status.state],
    ['  upstream', status.upstreamKernel ?? 'not seen yet'],
    ['  stable', [status.stableKernels.join(' and ') || 'none', ...modules].join(', ')],
    ...(status.flists ?? []).map((flist, at) => [at === 0 ? '  flists' : '', flistText(flist)]),
    ...(status.signature ? [['  signature', SIGNATURE[status.signature]]] : []),
    ...(status.rolledBack ? [['  rolled back', rollbackText(at(status.rolledBack.since))]] : []),
    ...(lag
      ? [[status.state === 'failing' ? '  fails' : '  lags', lagText(lag, at(lag.since))]]
      : []),
    ...(lag?.held ? [['  held by', `${lag.held.step}: ${lag.held.message.split('\n')[0]}`]] : []),
    ...(lag?.held?.findings ?? []).map((finding) => ['', finding]),
    ...(lag?.held?.hint ? [['  next', lag.held.hint.split('\n')[0] ?? '']] : []),
    ...(status.looked ? [['  looked at', at(status.looked)]] : []),
    ...(status.lastRun
      ? [['  last run', lastRunText(status.lastRun, at(status.lastRun.finished))]]
      : []),
    ...(status.lastRun?.findings ?? []).map((finding) => ['  odd', finding]),
    ...(status.dangling ?? []).map((tag) => ['  odd', `the tag ${tag} points to nothing`]),
  ];
  return table(rows, style);
}

/** The kernel of modules stands in the tag. */
function flistText({ tag, digest, routes }: FollowedFlist): string {
  return `${tag} ${digest}, blocks at ${printable(routes.join(' '))}`;
}

/** What stands on this machine alone; the registry knows nothing of it. */
export function leftText(left: readonly Leftover[]): string[] {
  if (left.length === 0) return [];
  const lines = left.map(({ path, bytes, kind }) =>
    kind === 'mount' ? `  mounted: ${path}` : `  ${(bytes / 1e6).toFixed(0)} MB in ${path}`,
  );
  return [['left by a run that was killed; the next one takes or removes it', ...lines].join('\n')];
}

function lagText({ kernels }: Lag, since: string): string {
  return `since ${since}${kernels.length > 0 ? `: ${kernels.join(', ')}` : ''}`;
}

/** Runs leave stable where a rollback has put it, until there is another image. */
function rollbackText(since: string): string {
  return `${since}; go on with: lockstep promote, or run --force`;
}

/** With the name by which other commands know the run. */
function lastRunText(run: NonNullable<StreamStatus['lastRun']>, finished: string): string {
  return `${run.outcome} at ${finished} (${run.id})`;
}
