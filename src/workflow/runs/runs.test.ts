import { describe, expect, it } from 'vitest';
import { type Answer, reply } from '../../oci/testing/scripted-server.ts';
import type { EngineName } from '../engine/place.ts';
import { startRun, untilDone } from './start.ts';
import { ciStatus, isWell } from './status.ts';
import { forgejoRun, githubJob, githubRun, gitlabPipeline, LOG } from './testing/answers.ts';
import { anEngine, json } from './testing/server.ts';

const FILES = {
  github: '.github/workflows/build.yml',
  forgejo: '.forgejo/workflows/build.yml',
  gitlab: '.gitlab-ci.yml',
};
const engines = Object.keys(FILES) as EngineName[];
const FAILED = {
  stream: 'kinoite-zfs',
  step: 'boot',
  message: 'zfs.ko did not load: Exec format error',
  hint: 'lockstep smoke shows the console',
};

/** A repository with one failed run of three, in the words of each engine. */
const SCRIPTS: Record<EngineName, Record<string, Answer>> = {
  github: {
    'GET actions/runs?': json({
      workflow_runs: [
        githubRun(1003, { status: 'in_progress', conclusion: null }),
        githubRun(1002, { conclusion: 'failure' }),
        githubRun(1001),
      ],
    }),
    'GET actions/runs/1002/jobs': json({
      jobs: [
        githubJob(1, 'plan'),
        githubJob(2, 'image kinoite-zfs', {
          conclusion: 'failure',
          steps: [
            { name: 'prepare the machine', conclusion: 'success' },
            { name: 'run', conclusion: 'failure' },
          ],
        }),
      ],
    }),
    'GET actions/jobs/2/logs': reply(200, LOG),
    'GET actions/workflows?': json({
      workflows: [
        { id: 7, name: 'build', path: FILES.github, state: 'disabled_inactivity' },
        { id: 8, name: 'pages', path: '.github/workflows/pages.yml', state: 'active' },
        { id: 9, name: 'old', path: '.github/workflows/old.yml', state: 'deleted' },
      ],
    }),
    'PUT actions/workflows/7/enable': reply(204),
    'POST actions/runs/1003/cancel': reply(202, '{}'),
  },
  forgejo: {
    'GET actions/runs?': json({
      total_count: 3,
      workflow_runs: [
        forgejoRun(1003, { status: 'running' }),
        forgejoRun(1002, { status: 'failure' }),
        forgejoRun(1001),
      ],
    }),
    'GET actions/runs/1002/jobs/2/logs': reply(200, LOG),
    'GET actions/runs/1002/jobs': json([
      { id: 1, name: 'plan', status: 'success' },
      { id: 2, name: 'image kinoite-zfs', status: 'failure' },
    ]),
    'POST actions/runs/1003/cancel': json(forgejoRun(1003, { status: 'cancelled' })),
  },
  gitlab: {
    'GET pipelines?': json([
      gitlabPipeline(1003, { status: 'running' }),
      gitlabPipeline(1002, { status: 'failed' }),
      gitlabPipeline(1001),
    ]),
    'GET pipelines/1002/jobs': json([{ id: 1, name: 'plan', status: 'success' }]),
    'GET pipelines/1002/bridges': json([
      { id: 9, name: 'child', downstream_pipeline: { id: 2002 } },
    ]),
    'GET pipelines/2002/jobs': json([{ id: 2, name: 'image kinoite-zfs', status: 'failed' }]),
    'GET pipelines/2002/bridges': json([]),
    'GET jobs/2/trace': reply(200, LOG.replaceAll('##[error]', '')),
    'GET pipeline_schedules': json([{ id: 7, description: 'build', active: false }]),
    'PUT pipeline_schedules/7': json({ id: 7, description: 'build', active: true }),
    'POST pipelines/1003/cancel': json(gitlabPipeline(1003, { status: 'canceling' })),
  },
};

describe.each(engines)('runs of %s', (engine) => {
  it('tell the job that failed, the step of lockstep behind it and its hint', async () => {
    await using it = await anEngine(engine, SCRIPTS[engine]);

    const status = await ciStatus(it.client, 3);

    expect(status.runs.map(({ number, state, result }) => [number, state, result])).toEqual([
      [3, 'running', undefined],
      [2, 'done', 'failure'],
      [1, 'done', 'success'],
    ]);
    expect(status.runs[1]?.failed).toMatchObject([{ job: 'image kinoite-zfs', ...FAILED }]);
    expect(status.runs[1]?.file).toBe(FILES[engine]);
    expect(isWell(status, 'main')).toBe(false);
    expect(isWell({ ...status, off: [], runs: status.runs.slice(2) }, 'main')).toBe(true);
    expect(isWell({ ...status, off: [] }, 'other')).toBe(true);
  });

  it('are cancelled, and switched on again where the engine can', async () => {
    await using it = await anEngine(engine, SCRIPTS[engine]);
    const [running] = await it.api.runs(1);
    await it.api.cancel(running!);
    const workflows = await it.api.workflows();

    if (engine === 'forgejo') {
      expect(workflows).toBeUndefined();
      expect(() => it.api.enable({ id: 1, file: '', name: '' })).toThrow(
        /does not switch workflows on/,
      );
      return;
    }
    const off = workflows?.filter(({ off: why }) => why) ?? [];
    expect(off).toMatchObject([
      { id: 7, file: FILES[engine], off: engine === 'github' ? 'for inactivity' : 'by hand' },
    ]);
    await it.api.enable(off[0]!);
    expect(it.server.log.at(-1)).toMatch(/^PUT .*\/7/);
  });
});

describe('startRun', () => {
  const START = { file: FILES.github, ref: 'main', inputs: { streams: 'a "b"\n$(c)' } };

  it('takes the run that GitHub names', async () => {
    await using it = await anEngine('github', {
      'GET actions/workflows/build.yml/runs': json({ workflow_runs: [githubRun(1001)] }),
      'POST actions/workflows/build.yml/dispatches': json({ workflow_run_id: 1004 }),
      'GET actions/runs/1004': json(githubRun(1004, { event: 'workflow_dispatch' })),
    });

    expect(await startRun(it.api, START)).toMatchObject({ id: 1004, event: 'workflow_dispatch' });
    expect(it.bodies).toEqual([{ ref: 'main', inputs: START.inputs, return_run_details: true }]);
  });

  it('finds the run of servers that name none, and refuse to', async () => {
    let looked = 0;
    let asked = 0;
    await using it = await anEngine('github', {
      'GET actions/workflows/build.yml/runs': (...args) =>
        json({
          workflow_runs: looked++ < 2 ? [githubRun(1001)] : [githubRun(1005), githubRun(1001)],
        })(...args),
      'POST actions/workflows/build.yml/dispatches': (...args) =>
        asked++ === 0
          ? json({ message: '"return_run_details" is not a permitted key.' }, 422)(...args)
          : reply(204)(...args),
    });

    expect(await startRun(it.api, START, { pause: 1 })).toMatchObject({ id: 1005 });
    expect(it.bodies.at(-1)).toEqual({ ref: 'main', inputs: START.inputs });
  });

  it('says when no run appears', async () => {
    await using it = await anEngine('github', {
      'GET actions/workflows/build.yml/runs': json({ workflow_runs: [] }),
      'POST actions/workflows/build.yml/dispatches': reply(204),
    });

    await expect(startRun(it.api, START, { pause: 1, attempts: 2 })).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('starts runs of Forgejo and pipelines of GitLab', async () => {
    await using forgejo = await anEngine('forgejo', {
      'GET actions/runs?': json({ workflow_runs: [] }),
      'POST actions/workflows/build.yml/dispatches': json(
        { id: 1009, run_number: 9, jobs: [] },
        201,
      ),
      'GET actions/runs/1009': json(forgejoRun(1009)),
    });
    await using gitlab = await anEngine('gitlab', {
      'GET pipelines?': json([]),
      'POST pipeline': json(gitlabPipeline(1009), 201),
      'GET pipelines/1009': json(gitlabPipeline(1009)),
    });

    expect(await startRun(forgejo.api, { ...START, file: FILES.forgejo })).toMatchObject({
      number: 9,
    });
    expect(await startRun(gitlab.api, { ...START, file: FILES.gitlab })).toMatchObject({
      number: 9,
    });
    expect(forgejo.bodies).toEqual([{ ref: 'main', inputs: START.inputs, return_run_info: true }]);
    expect(gitlab.bodies).toEqual([{ ref: 'main', inputs: START.inputs }]);
  });
});

describe('untilDone', () => {
  it('looks until a run is done, and tells each state once', async () => {
    const states = ['queued', 'in_progress', 'in_progress', 'completed'];
    await using it = await anEngine('github', {
      'GET actions/runs/1004': (...args) =>
        json(githubRun(1004, { status: states.shift() }))(...args),
    });
    const heard: string[] = [];

    const first = await it.api.run(1004);
    const done = await untilDone(it.api, first, {
      pause: 1,
      onChange: ({ state }) => heard.push(state),
    });

    expect(done.result).toBe('success');
    expect(heard).toEqual(['waiting', 'running', 'done']);
  });
});
