import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../record/run-record.ts';
import { type StableImage } from '../record/stable-image.ts';
import { statusOf } from './status.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

function aRecord(day: number, kernel: string, failure?: RunRecord['failure']): RunRecord {
  const time = `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`;
  return {
    schema_version: 1,
    id: `202611${day}t120000z-aa`,
    stream: 'debian-zfs',
    started: time,
    finished: time,
    outcome: failure ? 'failed' : 'promoted',
    upstream: { kernel, osVersion: '12', base: 'x', modules: { zfs: '2.1' } },
    steps: [],
    failure,
  };
}

const REFUSED = {
  step: 'compat',
  code: 'gate-failed',
  message: 'zfs supports Linux up to 6.2',
  findings: [
    { rule: 'kernel-too-new', severity: 'error', message: 'zfs 2.1 supports Linux up to 6.2' },
    { rule: 'note', severity: 'info', message: 'not told' },
  ],
} satisfies RunRecord['failure'];

const STABLE: StableImage = {
  digest: 'sha256:1',
  kernel: '6.1',
  kernels: ['6.0', '6.1'],
  osVersion: '12',
  modules: { zfs: '2.1' },
  since: '2026-11-01',
};

describe('statusOf', () => {
  it('is current when stable has the kernel of upstream', () => {
    const status = statusOf({ stream: 's', stable: STABLE, records: [aRecord(10, '6.1')] }, NOW);

    expect(status).toMatchObject({
      state: 'current',
      stableKernel: '6.1',
      stableKernels: ['6.0', '6.1'],
      upstreamKernel: '6.1',
    });
    expect(status.lag).toBeUndefined();
  });

  it('says that stable was rolled back, and for how long', () => {
    const state = { stream: 's', stable: STABLE, rolledBack: '2026-11-20T11:00:00Z' };
    const rolledBack = { since: '2026-11-20T11:00:00Z', seconds: 3600 };

    const same = statusOf({ ...state, records: [aRecord(10, '6.1')] }, NOW);
    expect(same).toMatchObject({ state: 'rolled-back', rolledBack });
    expect(same.lag).toBeUndefined();
    const older = statusOf({ ...state, records: [aRecord(19, '6.2'), aRecord(10, '6.1')] }, NOW);
    expect(older).toMatchObject({ state: 'behind', rolledBack, lag: { kernels: ['6.2'] } });
  });

  it('says how far, how long and why stable lags', () => {
    const records = [
      aRecord(19, '6.4', REFUSED),
      aRecord(15, '6.3', REFUSED),
      aRecord(10, '6.1'),
      aRecord(9, '6.0', REFUSED),
    ];

    const status = statusOf({ stream: 's', stable: STABLE, records }, NOW);

    expect(status.state).toBe('behind');
    expect(status.lag).toEqual({
      kernels: ['6.3', '6.4'],
      since: '2026-11-15T12:00:00Z',
      seconds: 5 * 86_400,
      held: {
        step: 'compat',
        message: REFUSED.message,
        hint: undefined,
        rules: ['kernel-too-new'],
        findings: ['zfs 2.1 supports Linux up to 6.2'],
      },
    });
  });

  it('says since when and why runs fail before they know the kernel', () => {
    const unresolved = { ...REFUSED, step: 'resolve', message: 'no kernel-devel', findings: [] };
    const failed = (day: number) => ({ ...aRecord(day, '', unresolved), upstream: undefined });
    const records = [failed(19), aRecord(18, '6.1', unresolved), failed(17), aRecord(10, '6.1')];

    const status = statusOf({ stream: 's', stable: STABLE, records }, NOW);

    expect(status).toMatchObject({
      state: 'failing',
      upstreamKernel: '6.1',
      lag: {
        kernels: [],
        since: '2026-11-17T12:00:00Z',
        seconds: 3 * 86_400,
        held: { step: 'resolve', message: 'no kernel-devel' },
      },
    });
  });

  it('knows the kernel that a failed resolve had seen', () => {
    const unresolved = { ...REFUSED, step: 'resolve', message: 'no such release', findings: [] };
    const records = [aRecord(19, '6.4', unresolved), aRecord(10, '6.1')];

    expect(statusOf({ stream: 's', stable: STABLE, records }, NOW)).toMatchObject({
      state: 'behind',
      upstreamKernel: '6.4',
      lag: { kernels: ['6.4'], held: { message: 'no such release' } },
    });
  });

  it('is current again after a run that found nothing to do', () => {
    const quiet = { ...aRecord(19, '6.1'), outcome: 'unchanged' as const };
    const interrupted = aRecord(20, '6.1', { ...REFUSED, code: 'interrupted' });
    const records = [interrupted, quiet, aRecord(18, '6.1', REFUSED), aRecord(10, '6.1')];

    expect(statusOf({ stream: 's', stable: STABLE, records }, NOW).state).toBe('current');
  });

  it('takes no replay of old inputs for what upstream has', () => {
    const replayed = { ...aRecord(19, '6.1'), replay: true };
    const broken = { ...aRecord(20, '6.1', REFUSED), replay: true };
    const records = [broken, replayed, aRecord(18, '6.4', REFUSED), aRecord(10, '6.1')];

    expect(statusOf({ stream: 's', stable: STABLE, records }, NOW)).toMatchObject({
      state: 'behind',
      upstreamKernel: '6.4',
      lastRun: { id: broken.id },
    });
  });

  it('tells what the last run found odd', () => {
    const odd = { rule: 'meta-disagreement', severity: 'warning' as const, message: 'they differ' };
    const records = [{ ...aRecord(10, '6.1'), findings: [odd] }];

    expect(statusOf({ stream: 's', stable: STABLE, records }, NOW).lastRun).toMatchObject({
      findings: ['they differ'],
    });
  });

  it('says that nothing was ever promoted, and what stands in the way', () => {
    const status = statusOf({ stream: 's', records: [aRecord(19, '6.4', REFUSED)] }, NOW);

    expect(status).toMatchObject({ state: 'never-promoted', lag: { held: { step: 'compat' } } });
  });
});
