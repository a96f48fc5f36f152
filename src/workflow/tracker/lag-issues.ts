import type { StreamStatus } from '../../release/status/status.ts';
import type { Issue } from './tracker.ts';

/** What is to be done with issues; data, so that it can be told and tested. */
export type IssueAction =
  | { action: 'open'; issue: Omit<Issue, 'number'> }
  | { action: 'edit' | 'close'; issue: Issue };

/** What an issue is about; its body begins with it. */
interface Subject {
  stream: string;
  cause: string;
}

const MARK = /^<!-- lockstep: lag of ([a-z0-9._-]+) by ([a-z0-9._-]+) -->/;

/**
 * Decides what becomes of the issues that say why stable lags: one for each stream and cause, opened
 * when the lag is `after` seconds old, edited in place as it grows, closed when stable has caught up.
 * Pure. `statuses` are of streams that were looked at: of others nothing is touched.
 */
export function planIssues(
  issues: readonly Issue[],
  statuses: readonly StreamStatus[],
  after: number,
): IssueAction[] {
  return statuses.flatMap((status) => {
    const own = issues.filter(({ body }) => subjectOf(body)?.stream === status.stream);
    if (status.state === 'current')
      return own.map((issue) => ({ action: 'close', issue }) as const);
    return lagActions(own, status, after);
  });
}

function lagActions(own: readonly Issue[], status: StreamStatus, after: number): IssueAction[] {
  const { lag } = status;
  if (!lag) return [];
  const cause = causeOf(status);
  const issue = issueOf(status, cause);
  const known = own.find(({ body }) => subjectOf(body)?.cause === cause);
  if (!known) return lag.seconds >= after ? [{ action: 'open', issue }] : [];
  const isSame = known.title === issue.title && trimmed(known.body) === trimmed(issue.body);
  return isSame ? [] : [{ action: 'edit', issue: { ...issue, number: known.number } }];
}

/** Servers keep line ends and spaces at the end in their own ways. */
function trimmed(body: string): string {
  return body.replaceAll('\r\n', '\n').trim();
}

function subjectOf(body: string): Subject | undefined {
  const [, stream, cause] = MARK.exec(body) ?? [];
  return stream && cause ? { stream, cause } : undefined;
}

/** The step that holds stable; `nothing` where no run has failed yet. */
function causeOf({ lag }: StreamStatus): string {
  return (lag?.held?.step ?? 'nothing').toLowerCase().replace(/[^a-z0-9._-]/g, '-');
}

function issueOf(status: StreamStatus, cause: string): Omit<Issue, 'number'> {
  const { stream, lag, upstreamKernel, stableKernels, lastRun } = status;
  const held = lag?.held;
  const by = cause === 'nothing' ? '' : `, held by ${cause}`;
  const rows = [
    ['upstream', upstreamKernel ?? 'not seen'],
    ['stable', stableKernels.join(' and ') || 'none'],
    ['since', lag?.since ?? ''],
    ...(lastRun ? [['last run', `${lastRun.outcome}, ${lastRun.id}`]] : []),
  ];
  const said = [held?.message, ...(held?.findings ?? []), held?.hint].filter(
    (text) => text != null,
  );
  return {
    title: `${stream}: stable lags behind upstream${by}`,
    body: [
      `<!-- lockstep: lag of ${stream} by ${cause} -->`,
      `Stable of the stream \`${stream}\` does not have what upstream has. This text is kept up to date, and the issue is closed when stable has caught up.`,
      quoted(rows.map(([name, value]) => `${name}: ${value}`)),
      ...(said.length > 0 ? ['What stands in the way:', quoted(said)] : []),
    ].join('\n\n'),
  };
}

/** Text of others as it stands: nothing in it is a mark, a name that is notified, or a link. */
function quoted(texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.split('\n'));
  return lines.map((line) => `    ${line}`).join('\n');
}
