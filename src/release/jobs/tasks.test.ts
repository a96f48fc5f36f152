import { describe, expect, it } from 'vitest';
import type { PlanDocument, PlannedImage } from './document.ts';
import { promoteTasks, runTasks } from './tasks.ts';

const image = (stream: string, steps: PlannedImage['steps'] = ['compose', 'promote']) => ({
  stream,
  kernels: ['6.1', '6.12'],
  steps,
  why: '',
});

const build = (stream: string, kernel: string, digit: string, more: string[] = []) => ({
  key: `sha256:${digit.repeat(64)}`,
  kernel,
  stream,
  modules: [],
  for: [stream, ...more],
});

/** `a` builds for `b` too; nothing of `c` is to be promoted. */
const plan: PlanDocument = {
  schema_version: 1,
  run: '20261120t073000z-1a2b',
  created: '',
  channel: { name: 'main' },
  request: { promote: true, force: true },
  kmods: {
    include: [build('a', '6.1', '1', ['b']), build('a', '6.12', '2'), build('c', '6.1', '3')],
  },
  images: { include: [image('a'), image('b'), image('c', ['boot'])] },
  stopped: [],
  idle: ['d'],
  streams: [],
};

describe(runTasks, () => {
  it('builds what is planned of the streams and kernels that are named, and nothing else', () => {
    const tasks = runTasks(plan, { only: 'build', streams: ['a', 'b'], kernels: ['6.12'] });

    expect(tasks).toEqual([
      {
        stream: 'a',
        job: 'build-2222222',
        request: { force: true, promote: false, only: 'build', kernels: ['6.12'] },
      },
    ]);
    expect(runTasks(plan, { only: 'build' }).map(({ job }) => job)).toEqual([
      'build-1111111',
      'build-2222222',
      'build-3333333',
    ]);
  });

  it('makes the images of the streams that are named, each up to the candidate', () => {
    expect(runTasks(plan, { streams: ['b'], build: false, promote: false })).toEqual([
      { stream: 'b', job: 'image', request: { force: true, promote: false, build: false } },
    ]);
  });

  it('does all of it on one machine', () => {
    const tasks = runTasks(plan, {});

    expect(tasks.map(({ stream, job }) => [stream, job])).toEqual([
      ['a', 'run'],
      ['b', 'run'],
      ['c', 'run'],
    ]);
    expect(tasks[0]?.request).toMatchObject({ promote: true });
  });

  it('stops at the candidate where the plan says so, whoever carries it out', () => {
    const candidates = { ...plan, request: { ...plan.request, promote: false } };

    expect(runTasks(candidates, {}).map(({ request }) => request.promote)).toEqual([
      false,
      false,
      false,
    ]);
    expect(promoteTasks(candidates, {})).toEqual([]);
  });
});

describe(promoteTasks, () => {
  it('promotes what is planned to be, without making anything', () => {
    const tasks = promoteTasks(plan, {});

    expect(tasks.map(({ stream }) => stream)).toEqual(['a', 'b']);
    expect(tasks[0]?.request).toEqual({
      only: 'promote',
      build: false,
      compose: false,
      force: true,
    });
    expect(promoteTasks(plan, { streams: ['b', 'd'] }).map(({ stream }) => stream)).toEqual(['b']);
    expect(promoteTasks(plan, { kernels: ['5.10'] })).toEqual([]);
  });
});
