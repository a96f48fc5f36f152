import { describe, expect, it } from 'vitest';
import { lostRecord, type StoredJob } from '../record/job-record.ts';
import type { RunRecord } from '../record/run-record.ts';
import { mergeJobs } from './merge.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const EXPECTED = ['build-1111111', 'build-2222222', 'image', 'promote'];

const draft: RunRecord = {
  schema_version: 1,
  id: '20261120t073000z-1a2b00000000',
  stream: 'nas',
  started: '2026-11-20T07:30:00Z',
  finished: '2026-11-20T07:31:00Z',
  outcome: 'unchanged',
  steps: [{ step: 'resolve', state: 'done', message: 'Linux 6.1', seconds: 1 }],
};

function aJob(job: string, outcome: RunRecord['outcome'], change: Partial<RunRecord> = {}) {
  const step = job.startsWith('build') ? 'build' : job === 'image' ? 'compose' : job;
  const failed = outcome === 'failed';
  const record: RunRecord = {
    ...draft,
    finished: '2026-11-20T08:00:00Z',
    outcome,
    steps: [{ step, state: failed ? 'failed' : 'done', message: job, seconds: 1 }],
    ...(failed && { failure: { step, code: 'bug', message: `${job} failed`, findings: [] } }),
    ...change,
  };
  return { schema_version: 1, job, promote: true, record, digest: `sha256:${job}` } as StoredJob;
}

const merge = (jobs: StoredJob[], expected = EXPECTED) => mergeJobs({ draft, expected, jobs }, NOW);

describe(mergeJobs, () => {
  it('is one record of what all jobs did', () => {
    const record = merge([
      aJob('promote', 'promoted', { promotion: { moved: { 'x:latest': 'sha256:1' } } }),
      aJob('image', 'candidate', { candidate: { tag: 'c', digest: 'sha256:1' } }),
      aJob('build-1111111', 'candidate'),
      aJob('build-2222222', 'candidate', { stream: 'another' }),
    ]);

    expect(record).toMatchObject({
      id: draft.id,
      outcome: 'promoted',
      finished: '2026-11-20T08:00:00Z',
      candidate: { digest: 'sha256:1' },
      promotion: { moved: { 'x:latest': 'sha256:1' } },
    });
    expect(record.steps.map(({ step }) => step)).toEqual([
      'resolve',
      'build',
      'build',
      'compose',
      'promote',
    ]);
    expect(record.jobs?.map(({ job }) => job)).toEqual(EXPECTED);
    expect(record.failure).toBeUndefined();
  });

  it.each([
    ['a build that failed', ['build-1111111'], [], 'build-1111111 failed'],
    ['what failed first', ['build-2222222', 'image', 'promote'], [], 'build-2222222 failed'],
    ['a job that left nothing', [], ['image', 'promote'], 'the job image ended without a word'],
    ['a promotion that died', [], ['promote'], 'the job promote ended without a word'],
    ['a gate, and no promotion after it', ['image'], ['promote'], 'image failed'],
  ])('says what stands in the way: %s', (_, failed, missing, message) => {
    const jobs = EXPECTED.filter((job) => !missing.includes(job)).map((job) =>
      aJob(job, failed.includes(job) ? 'failed' : 'candidate'),
    );
    const later = failed.includes('build-1111111') ? ['image', 'promote'] : [];
    const record = merge(jobs.filter(({ job }) => !later.includes(job)));

    expect(record).toMatchObject({ outcome: 'failed', failure: { message } });
  });

  it('believes a later job that found done what an earlier one did not tell', () => {
    expect(merge([aJob('promote', 'promoted')]).outcome).toBe('promoted');
    expect(
      merge([aJob('build-1111111', 'failed'), aJob('image', 'candidate')]).failure,
    ).toMatchObject({ message: 'the job promote ended without a word' });
  });

  it('counts what a job said at its beginning as its end when it said no more', () => {
    const begun = aJob('image', 'failed', lostRecord(draft, 'image'));

    expect(merge([begun], ['image'])).toMatchObject({
      outcome: 'failed',
      failure: { code: 'lost', step: 'compose' },
    });
  });

  it('takes a job that did all for all', () => {
    expect(merge([aJob('run', 'promoted')])).toMatchObject({
      outcome: 'promoted',
      jobs: [{ job: 'run' }],
    });
  });

  it('leaves a stream as it was planned for which nothing was to be done', () => {
    expect(merge([], [])).toEqual(draft);
  });
});
