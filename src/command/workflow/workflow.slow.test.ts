import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { actionlint } from '../../workflow/testing/actionlint.ts';
import type { ReadWorkflow } from '../../workflow/testing/project.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

const CONFIG = `version: 1
name: kinoite-zfs
base: { image: "host.example/base:latest" }
builder: { image: "host.example/builder:{os_version}" }
modules: [{ name: zfs, openzfs: "2.4" }]
signing: { key: "env:SIGNING_KEY" }
publish: { registry: ghcr.io/example, image: kinoite-zfs, kmods: kmods-zfs }
ci: { program: lockstep, environment: production, ignition: butane.yaml }
`;

async function aProject(config = CONFIG) {
  const folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  await writeFile(at('lockstep.yaml'), config);
  const lockstep = (...args: string[]) => run(LOCKSTEP, ['workflow', ...args, '-C', folder.path]);
  return {
    path: folder.path,
    at,
    lockstep,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('lockstep workflow', () => {
  it('generates files that actionlint and its own rules find nothing in', async () => {
    await using project = await aProject();

    const generated = await project.lockstep('generate');

    expect(generated).toMatchObject({ status: 0, stderr: '' });
    expect(generated.stdout.split('\n').filter(Boolean)).toHaveLength(5);
    expect(await actionlint(project.path, '.github/workflows/*.yml')).toBe('');
    expect(await project.lockstep('check')).toMatchObject({
      status: 0,
      stdout: '5 files looked at, 0 findings\n',
    });
    expect(await project.lockstep('generate')).toMatchObject({
      stdout: expect.stringMatching(/^(?:unchanged \S+\n){5}$/) as string,
    });
  });

  it('prints the files, as one JSON document with --json, and writes none', async () => {
    await using project = await aProject();

    const { stdout: text } = await project.lockstep('generate', '--print');
    const { stdout: json } = await project.lockstep('generate', '--print', '--json');

    const { files, written } = JSON.parse(json) as {
      files: { path: string; text: string }[];
      written: boolean;
    };
    expect(files).toHaveLength(5);
    expect(text).toBe(files.map((file) => `# ${file.path}\n${file.text}\n`).join(''));
    expect(written).toBe(false);
    expect(await readdir(project.path)).toEqual(['lockstep.yaml']);
  });

  it('leaves an edited file alone, shows what would change, and writes nothing at all', async () => {
    await using project = await aProject();
    await project.lockstep('generate');
    const path = project.at('.github/workflows/build.yml');
    const made = await readFile(path, 'utf8');
    await writeFile(path, made.replace('timeout-minutes: 30', 'timeout-minutes: 300'));
    await writeFile(project.at('lockstep.yaml'), CONFIG.replace('butane.yaml', 'other.yaml'));

    const refused = await project.lockstep('generate');
    const drift = await project.lockstep('check', '--json');

    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('-    timeout-minutes: 300\n+    timeout-minutes: 30\n');
    expect(await readFile(project.at('.github/workflows/pages.yml'), 'utf8')).toContain(
      'butane.yaml',
    );
    expect(drift.status).toBe(1);
    expect(JSON.parse(drift.stdout)).toMatchObject({
      findings: [
        { rule: 'edited', where: { file: '.github/workflows/build.yml' } },
        { rule: 'drift', where: { file: '.github/workflows/pages.yml' } },
      ],
    });
    expect((await project.lockstep('generate', '--force')).status).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(made);
  });

  it('writes nothing when the configuration is refused, and says where', async () => {
    await using project = await aProject(
      CONFIG.replace('program: lockstep', 'schedule: "0 25 * * *"'),
    );

    const refused = await project.lockstep('generate');

    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('lockstep.yaml:8:17: ci.schedule: hour is 25');
    expect(await run('ls', ['-A', project.path])).toMatchObject({ stdout: 'lockstep.yaml\n' });
  });

  it('reads workflows that were written by hand, and leaves files of others', async () => {
    await using project = await aProject();
    await mkdir(project.at('.github/workflows'), { recursive: true });
    const theirs =
      'on: pull_request_target\njobs:\n  a:\n    steps: [{ run: "echo ${{ github.head_ref }}" }]\n';
    await writeFile(project.at('.github/workflows/theirs.yml'), theirs);
    await project.lockstep('generate');

    const { status, stdout } = await project.lockstep('check');

    expect(status).toBe(1);
    expect(stdout).toContain('.github/workflows/theirs.yml:1:1\n  error: pull_request_target');
    expect(stdout).toContain('.github/workflows/theirs.yml:4:26\n  error: github.head_ref becomes');
    expect(await readFile(project.at('.github/workflows/theirs.yml'), 'utf8')).toBe(theirs);
  });

  it('makes pages that are the status and the first boot, by the scripts of the file', async () => {
    await using store = await temporaryFolder();
    await using project = await aProject(
      CONFIG.replace('ghcr.io/example', `oci:${store.path}`).replace('butane.yaml', 'first.bu'),
    );
    await writeFile(project.at('first.bu'), 'variant: fcos\nversion: 1.5.0\n');
    await project.lockstep('generate');
    const text = await readFile(project.at('.github/workflows/pages.yml'), 'utf8');
    const { jobs } = parse(text) as ReadWorkflow;
    const scripts = jobs.make?.steps.flatMap(({ run }) => run ?? []) ?? [];
    const env = { ...process.env, PATH: `${join(LOCKSTEP, '..')}:${process.env.PATH}` };

    for (const script of scripts)
      expect(
        await run('bash', ['-e', '-c', script], { cwd: project.path, env }),
        script,
      ).toMatchObject({ status: 0 });

    expect(scripts).toHaveLength(2);
    const page = (name: string) => readFile(project.at(`public/${name}`), 'utf8');
    expect(await page('status.html')).toContain('never promoted');
    expect(await page('index.html')).toContain('<a href="status.html">');
  });

  it('leaves alone in a run what only documents have changed since', async () => {
    await using project = await aProject();
    const git = (...args: string[]) =>
      runOk('git', ['-C', project.path, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
    await git('init', '--quiet');
    await git('commit', '--quiet', '--allow-empty', '-m', 'first');
    const { stdout } = await git('rev-parse', 'HEAD');
    await writeFile(project.at('README.md'), 'x\n');
    await git('add', 'README.md');
    await git('commit', '--quiet', '-m', 'second');

    const args = ['--channel', 'pull-request', '--changed-since', stdout.trim()];
    const call = await run(LOCKSTEP, ['run', ...args, '--json', '-C', project.path]);

    expect(call.status, call.stderr).toBe(0);
    expect(call.stderr).toContain('nothing to build: 1 files have changed, all of them ignored');
    expect(JSON.parse(call.stdout)).toMatchObject({ streams: [] });
  });
});
