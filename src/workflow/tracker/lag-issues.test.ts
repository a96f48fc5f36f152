import { describe, expect, it } from 'vitest';
import type { StreamStatus } from '../../release/status/status.ts';
import { planIssues } from './lag-issues.ts';

const DAY = 86_400;

function behind(days: number, change: Partial<StreamStatus> = {}): StreamStatus {
  return {
    stream: 'nas',
    state: 'behind',
    upstreamKernel: '6.2',
    stableKernels: ['6.1'],
    modules: {},
    lag: {
      kernels: ['6.2'],
      since: '2026-11-20T07:30:00Z',
      seconds: days * DAY,
      held: { step: 'compat', message: 'zfs supports Linux up to 6.1', rules: [], findings: [] },
    },
    ...change,
  };
}

const current: StreamStatus = {
  stream: 'nas',
  state: 'current',
  stableKernels: ['6.2'],
  modules: {},
};

/** The issue that is opened for a lag, as the tracker has it afterwards. */
function opened(status: StreamStatus, number = 7) {
  const [first] = planIssues([], [status], 0);
  if (first?.action !== 'open') throw new Error('nothing was opened');
  return { ...first.issue, number };
}

describe(planIssues, () => {
  it('opens one when the lag is old enough, and not before', () => {
    expect(planIssues([], [behind(2)], 3 * DAY)).toEqual([]);
    expect(planIssues([], [behind(3)], 3 * DAY)).toMatchObject([
      { action: 'open', issue: { title: 'nas: stable lags behind upstream, held by compat' } },
    ]);
  });

  it('leaves it alone while nothing changes, and edits it in place when something does', () => {
    const issue = opened(behind(3));
    const stored = { ...issue, body: `${issue.body.replaceAll('\n', '\r\n')}\n` };

    expect(planIssues([stored], [behind(4)], 3 * DAY)).toEqual([]);
    expect(planIssues([stored], [behind(4, { upstreamKernel: '6.3' })], 3 * DAY)).toMatchObject([
      { action: 'edit', issue: { number: 7, body: expect.stringContaining('upstream: 6.3') } },
    ]);
  });

  it('has one for each cause and each stream', () => {
    const boot = {
      ...behind(3),
      lag: { ...behind(3).lag, held: { step: 'boot' } },
    } as StreamStatus;

    expect(planIssues([opened(behind(3))], [boot], 3 * DAY)).toMatchObject([
      { action: 'open', issue: { title: expect.stringContaining('held by boot') } },
    ]);
    expect(
      planIssues([opened(behind(3, { stream: 'nas-2' }))], [behind(3)], 3 * DAY),
    ).toMatchObject([{ action: 'open' }]);
  });

  it('closes all of a stream when stable has caught up, and none of a stream that was not looked at', () => {
    const issues = [opened(behind(3)), opened(behind(3, { stream: 'other' }), 8)];

    expect(planIssues(issues, [current], 3 * DAY)).toMatchObject([
      { action: 'close', issue: { number: 7 } },
    ]);
    expect(planIssues(issues, [], 3 * DAY)).toEqual([]);
  });

  it.each(['rolled-back', 'failing', 'never-promoted'] as const)(
    'leaves one open while stable is %s',
    (state) => {
      expect(planIssues([opened(behind(3))], [{ ...current, state }], 0)).toEqual([]);
    },
  );

  it('takes others’ issues for its own only by the mark at their beginning', () => {
    const quoting = { ...opened(behind(3)), body: `> ${opened(behind(3)).body}` };

    expect(planIssues([quoting], [current], 0)).toEqual([]);
  });

  it('keeps text of others text', () => {
    const message = '@everyone <!-- lockstep: lag of x by y -->\n```\n# big';
    const status = { ...behind(3), lag: { ...behind(3).lag, held: { step: 'build', message } } };

    const { body } = opened(status as StreamStatus);

    expect(body).toContain('    @everyone <!-- lockstep');
    expect(body).toContain('    # big');
  });
});
