import type { StreamStatus } from '../../release/status/status.ts';
import { LockstepError } from '../../system/error.ts';
import { type IssueAction, planIssues } from './lag-issues.ts';
import type { Service } from './service.ts';

const SECONDS = { h: 3600, d: 86_400, w: 604_800 } as const;

/** Seconds of `12h`, `3d` or `1w`. */
export function secondsOf(text: string): number {
  const unit = text.at(-1) as keyof typeof SECONDS;
  return Number.parseInt(text, 10) * SECONDS[unit];
}

export interface TendOptions {
  /** Of the streams that were looked at; of others nothing is touched. */
  statuses: readonly StreamStatus[];
  /** Seconds of lag after which an issue is opened. */
  after: number;
  keepAlive: boolean;
}

/**
 * Brings the issues of lagging streams up to date and keeps the schedule alive. What the service
 * does not allow or does not answer is told, and holds nothing up: the run itself is done.
 */
export async function tend(
  { tracker, keepAlive }: Service,
  { statuses, after, keepAlive: wanted }: TendOptions,
): Promise<{ done: IssueAction[]; notes: string[] }> {
  const done: IssueAction[] = [];
  const notes: string[] = [];
  const told = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code === 'interrupted') throw error;
      notes.push([`${what}: ${error.message}`, error.hint].filter(Boolean).join('; '));
    }
  };
  await told('issues of lagging streams', async () => {
    if (statuses.length === 0) return;
    for (const one of planIssues(await tracker.list(), statuses, after)) {
      if (one.action === 'open') await tracker.open(one.issue);
      else await tracker[one.action](one.issue);
      done.push(one);
    }
  });
  if (wanted && keepAlive) await told('keep_alive', keepAlive);
  return { done, notes };
}
