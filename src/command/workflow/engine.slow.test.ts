import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../../oci/testing/scripted-server.ts';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { githubJob, githubRun, LOG } from '../../workflow/runs/testing/answers.ts';
import { anEngine, json, TOKEN } from '../../workflow/runs/testing/server.ts';
import { FRESH } from '../../workflow/settings/testing/fresh.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

const config = (engine: string) => `version: 1
name: kinoite-zfs
base: { image: "host.example/base:latest" }
builder: { image: "host.example/builder:{os_version}" }
modules: [{ name: zfs, openzfs: "2.4" }]
publish: { registry: ghcr.io/example, image: kinoite-zfs, kmods: kmods-zfs }
ci: { program: lockstep, engine: ${engine} }
`;

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function aCheckout(origin: string, engine = 'github') {
  await writeFile(join(folder.path, 'lockstep.yaml'), config(engine));
  await run('git', ['-C', folder.path, 'init', '--quiet']);
  await run('git', ['-C', folder.path, 'remote', 'add', 'origin', `${origin}/you/images.git`]);
  return (env: NodeJS.ProcessEnv, ...args: string[]) =>
    run(LOCKSTEP, ['workflow', ...args, '-C', folder.path], { env: { ...process.env, ...env } });
}

describe('lockstep workflow', () => {
  it('starts runs, tells how they went, cancels them and switches workflows on', async () => {
    await using it = await anEngine('github', {
      'GET actions/workflows/build.yml/runs': json({ workflow_runs: [] }),
      'POST actions/workflows/build.yml/dispatches': json({ workflow_run_id: 1004 }),
      'GET actions/runs/1004/jobs': json({
        jobs: [githubJob(2, 'plan', { conclusion: 'failure' })],
      }),
      'GET actions/runs/1004': json(githubRun(1004, { conclusion: 'failure' })),
      'GET actions/runs/1005': json(githubRun(1005, { status: 'in_progress' })),
      'GET actions/runs?': json({
        workflow_runs: [
          githubRun(1005, { status: 'queued' }),
          githubRun(1004, { conclusion: 'failure' }),
        ],
      }),
      'GET actions/jobs/2/logs': reply(200, LOG),
      'GET actions/workflows?': json({
        workflows: [
          {
            id: 7,
            name: 'build',
            path: '.github/workflows/build.yml',
            state: 'disabled_inactivity',
          },
        ],
      }),
      'PUT actions/workflows/7/enable': reply(204),
      'POST actions/runs/1005/cancel': reply(202),
    });
    const lockstep = await aCheckout(`http://${it.server.host}`);
    await lockstep({}, 'generate');

    const wrong = await lockstep(it.env, 'run', '--input', 'promote_to_stable=no');
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('takes true or false'),
    });
    expect(it.server.log).toEqual([]);

    const ran = await lockstep(it.env, 'run', '--input', 'promote_to_stable=false', '--wait');
    expect(ran).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^failure: run 4 of build\.yml[^]*boot: zfs\.ko/),
    });
    expect(it.bodies[0]).toMatchObject({ ref: 'main', inputs: { promote_to_stable: 'false' } });

    const status = await lockstep(it.env, 'status', '--json');
    expect(status.status).toBe(1);
    expect(JSON.parse(status.stdout)).toMatchObject({
      off: [{ file: '.github/workflows/build.yml', why: 'for inactivity' }],
      runs: [{ state: 'waiting' }, { failed: [{ job: 'plan', step: 'boot' }] }],
    });
    expect((await lockstep(it.env, 'status')).stdout).toContain(
      'lockstep workflow enable build.yml',
    );

    expect(await lockstep(it.env, 'cancel')).toMatchObject({ status: 0, stderr: '' });
    expect(await lockstep(it.env, 'enable', 'build')).toMatchObject({
      status: 0,
      stdout: 'switched on .github/workflows/build.yml (build)\n',
    });
    expect(await lockstep(it.env, 'enable', 'biuld.yml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean build.yml?'),
    });
  });

  it('shows the settings of a fresh repository, and mends with --yes what can be mended', async () => {
    const changes = ['PUT', 'POST'].map((method) => [`${method} /`, reply(204)]);
    await using it = await anEngine('github', { ...FRESH, ...Object.fromEntries(changes) });
    const lockstep = await aCheckout(`http://${it.server.host}`);

    const shown = await lockstep(it.env, 'setup');
    const asked = it.server.log.length;

    expect(shown.status, shown.stderr).toBe(1);
    expect(shown.stdout).toMatch(/Actions +off/);
    expect(shown.stdout).toContain('protection of main');
    expect(it.server.log.filter((line) => !line.startsWith('GET '))).toEqual([]);
    const mended = await lockstep(it.env, 'setup', '--yes', '--json');
    const changed = it.server.log.slice(asked).filter((line) => !line.startsWith('GET '));
    expect(changed.length, mended.stderr).toBeGreaterThan(4);
    expect(it.bodies).toContainEqual({ enabled: true, allowed_actions: 'all' });
    expect(JSON.stringify(JSON.parse(mended.stdout))).not.toContain(TOKEN);
  });

  it('sends no token to a server that it is not for', async () => {
    await using stranger = await anEngine('github', { 'GET actions/runs?': reply(401) });
    const lockstep = await aCheckout(`http://${stranger.server.host}`);
    const env = {
      GITHUB_TOKEN: TOKEN,
      GITHUB_SERVER_URL: 'http://127.0.0.1:9',
      GITHUB_API_URL: '',
    };

    const { stderr } = await lockstep(env, 'status');

    expect(JSON.stringify(stranger.server.headers)).not.toContain(TOKEN);
    expect(stderr).not.toContain(TOKEN);
    stranger.server.headers.length = 0;
  });

  it.each([
    ['github', 'https://github.com', 'act', 'workflow_dispatch --workflows'],
    [
      'forgejo',
      'https://codeberg.org',
      'forgejo-runner',
      'exec --event workflow_dispatch --workflows',
    ],
  ])(
    'runs files of %s on this machine in a stand-in, or says what to install',
    async (engine, origin, runner, said) => {
      const lockstep = await aCheckout(origin, engine);
      await lockstep({}, 'generate');
      const bin = join(folder.path, 'bin');
      await mkdir(bin);
      const standIn =
        '#!/bin/sh\necho "$@" | sed "s|/.*/||"\nfor last; do :; done\ncat "$last"\nexit 3\n';
      await writeFile(join(bin, runner), standIn);
      await chmod(join(bin, runner), 0o755);
      const PATH = `${bin}:${process.env.PATH}`;

      const done = await lockstep({ PATH }, 'run', '--local', '--input', 'streams=a "b"');
      expect(done).toMatchObject({ status: 1 });
      expect(done.stdout).toContain(said);
      expect(done.stdout).toContain('{"ref":"refs/heads/main","inputs":{"streams":"a \\"b\\""}}');

      const missing = await lockstep({ PATH: '/usr/bin:/bin' }, 'run', '--local');
      expect(missing).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`install ${runner}`) as string,
      });
    },
  );

  it('runs a file of GitLab in gitlab-ci-local', async () => {
    const lockstep = await aCheckout('https://gitlab.com', 'gitlab');
    await writeFile(
      join(folder.path, '.gitlab-ci.yml'),
      'spec:\n  inputs:\n    word: { default: no }\n---\nsay:\n  script: [\'echo "said $[[ inputs.word ]]"\']\n',
    );
    await writeFile(join(folder.path, '.gitlab-ci-local-env'), 'FORCE_SHELL_EXECUTOR=true\n');
    const PATH = `${join(import.meta.dirname, '../../../node_modules/.bin')}:${process.env.PATH}`;

    const done = await lockstep({ PATH }, 'run', '--local', '--input', 'word=yes');

    expect(done.stdout + done.stderr).toContain('said yes');
    expect(done.status).toBe(0);
  });
});
