import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { generateFiles } from '../generate.ts';
import { aProject } from '../testing/project.ts';

const GITLAB = join(import.meta.dirname, '../../../node_modules/.bin/gitlab-ci-local');

const BASE = 'b'.repeat(40);

/** Writes down how it is called; later jobs need the plan, and the image of one stream fails. */
const LOCKSTEP = `#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  plan*) mkdir -p plan && echo planned > plan/jobs ;;
  *--no-build*kinoite-zfs-1) test -f plan/jobs && exit 1 ;;
  *--planned*) test -f plan/jobs ;;
esac
`;

it('runs whole in gitlab-ci-local: a stream that fails holds no other, the report comes always', async () => {
  await using folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  const ci = '{ engine: gitlab, program: lockstep, runner: builder }';
  const [file] = generateFiles(aProject({ ci, streams: 2, registry: 'oci:/srv/store' }));
  await writeFile(at('.gitlab-ci.yml'), file?.text ?? '');
  await mkdir(at('bin'));
  await writeFile(at('bin/lockstep'), LOCKSTEP, { mode: 0o755 });
  const git = (...args: string[]) =>
    runOk('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder.path });
  await git('init', '-q', '-b', 'main');
  await git('commit', '-q', '--allow-empty', '-m', 'first');
  await git('remote', 'add', 'origin', 'https://host.example/a/b.git');
  const env = { ...process.env, PATH: `${at('bin')}:${process.env.PATH}`, CALLS: at('calls') };

  const args = ['--force-shell-executor', '--variable', 'CI_COMMIT_REF_PROTECTED=true'];
  const { stdout, stderr } = await run(GITLAB, args, { cwd: folder.path, env, timeout: 60_000 });

  const calls = (await readFile(at('calls'), 'utf8')).trim().split('\n');
  expect(calls[0], stdout + stderr).toBe('plan --matrix --save plan');
  expect(calls).toContain('run --planned plan --only build --stream kinoite-zfs');
  expect(calls).toContain('run --planned plan --only build --stream kinoite-zfs-1');
  expect(calls).toContain('promote --planned plan --stream kinoite-zfs');
  expect(calls).toContain('promote --planned plan --stream kinoite-zfs-1');
  expect(calls.at(-1)).toBe('report --planned plan');
  expect(calls.filter((call) => /branch|pull-request|cleanup/.test(call))).toEqual([]);

  await rm(at('calls'));
  const merge = [
    'CI_PIPELINE_SOURCE=merge_request_event',
    `CI_MERGE_REQUEST_DIFF_BASE_SHA=${BASE}`,
  ];
  const given = merge.flatMap((one) => ['--variable', one]);
  await run(GITLAB, ['--force-shell-executor', ...given], {
    cwd: folder.path,
    env,
    timeout: 60_000,
  });

  expect((await readFile(at('calls'), 'utf8')).trim().split('\n')).toEqual([
    'workflow prepare',
    `run --channel pull-request --keep-going --changed-since ${BASE}`,
  ]);
});
