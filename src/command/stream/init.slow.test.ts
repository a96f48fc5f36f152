import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

let project: TemporaryFolder;

beforeAll(async () => {
  project = await temporaryFolder();
});

afterAll(() => project[Symbol.asyncDispose]());

const lockstep = (...args: string[]) => run(LOCKSTEP, ['-C', project.path, ...args]);
const configuration = () => readFile(join(project.path, 'lockstep.yaml'), 'utf8').catch(() => '');

describe('lockstep init', () => {
  it.each(['debian', 'dkms'])('of profile %s is ready for check, without an edit', async (name) => {
    await rm(join(project.path, 'lockstep.yaml'), { force: true });

    expect(await lockstep('init', '--profile', name)).toMatchObject({ status: 0 });
    expect(await lockstep('check')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('fits'),
    });
    expect(await readFile(join(project.path, '.gitignore'), 'utf8')).toBe('/.lockstep/\n/store/\n');
  });

  it.each([
    ['suite=bookwurm', 'did you mean bookworm?'],
    ['kernel=linux-image-clod-amd64', 'did you mean linux-image-cloud-amd64?'],
    ['image=my: image # 1', 'must be lower-case'],
    ['sute=bookworm', 'did you mean suite?'],
  ])('refuses %s, and writes nothing', async (answer, why) => {
    await rm(join(project.path, 'lockstep.yaml'), { force: true });
    const { status, stderr } = await lockstep('init', '--profile', 'debian', '--set', answer);

    expect(status).toBe(2);
    expect(stderr).toContain(why);
    expect(await configuration()).toBe('');
  });

  it.each([
    ['kinoite', 'github'],
    ['coreos', 'forgejo'],
    ['bootc', 'gitlab'],
    ['debian', 'github'],
    ['dkms', 'gitlab'],
  ])(
    'of profile %s writes the files of %s, of which workflow check has nothing to say',
    async (profile, engine) => {
      await using own = await temporaryFolder();
      const call = (...args: string[]) => run(LOCKSTEP, [...args, '-C', own.path]);
      const answers = ['registry=registry.example/me', 'program=lockstep'];
      const set = answers.flatMap((answer) => ['--set', answer]);

      const made = await call('init', '--profile', profile, '--ci', engine, ...set);

      expect(made, made.stderr).toMatchObject({ status: 0, stderr: '' });
      expect(made.stdout).toContain('then lockstep workflow setup');
      const checked = await call('workflow', 'check', '--json');
      expect(checked.status, checked.stdout).toBe(0);
      expect(JSON.parse(checked.stdout)).toMatchObject({ findings: [] });
      expect(await call('workflow', 'generate')).toMatchObject({
        stdout: expect.stringMatching(/^(?:unchanged \S+\n)+$/) as string,
      });
    },
  );

  it('takes the registry of the repository for jobs, and writes nothing where none is known', async () => {
    await using own = await temporaryFolder();
    const init = (...args: string[]) =>
      run(LOCKSTEP, ['init', '--profile', 'debian', '--ci', ...args, '-C', own.path]);

    expect(await init()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--set registry=HOST/OWNER') as string,
    });
    expect(await init('--set', 'registry=oci:./store')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is gone with the job') as string,
    });
    expect(await readdir(own.path)).toEqual([]);
    const git = (...args: string[]) => run('git', ['-C', own.path, ...args]);
    await git('init', '--quiet');
    await git('remote', 'add', 'origin', 'git@github.com:You/images.git');
    const made = await init();
    expect(made.stdout).toContain('npm install --package-lock-only');
    const text = await readFile(join(own.path, 'lockstep.yaml'), 'utf8');
    expect(text).toContain('registry: ghcr.io/you');
  });

  it('leaves files of others alone, and writes nothing beside them', async () => {
    await using own = await temporaryFolder();
    const folder = join(own.path, '.github/workflows');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'build.yml'), 'name: theirs\n');
    const set = ['--set', 'registry=registry.example/me'];

    const refused = await run(LOCKSTEP, [
      'init',
      '--profile',
      'debian',
      '--ci',
      ...set,
      '-C',
      own.path,
    ]);

    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there already: .github/workflows/build.yml') as string,
    });
    expect(await readdir(own.path)).toEqual(['.github']);
  });

  it('asks until an answer is good', async () => {
    const { shown } = await atTerminal([
      'debain',
      'debian',
      '',
      'linux-image-clod-amd64',
      '',
      '',
      'x !',
      'x',
    ]);

    expect(shown).toContain('did you mean debian?');
    expect(shown).toContain('did you mean linux-image-cloud-amd64?');
    expect(shown).toContain('must be lower-case');
    expect(await configuration()).toContain('image: x\n');
  });

  it('takes Ctrl-C for what it is', async () => {
    await rm(join(project.path, 'lockstep.yaml'), { force: true });
    const { shown } = await atTerminal(['debian', '\u0003']);

    expect(shown).toContain('interrupted, and nothing was written');
    expect(shown).not.toContain('bug');
    expect(await readdir(project.path)).not.toContain('lockstep.yaml');
  });
});

/** Calls `lockstep init` in a terminal and types an answer whenever it asks. */
async function atTerminal(answers: string[]): Promise<{ shown: string }> {
  const call = `${LOCKSTEP} -C ${project.path} init`;
  const child = spawn('script', ['-qec', call, '/dev/null'], { timeout: 120_000 });
  let shown = '';
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += String(chunk);
    if (!stripVTControlCharacters(shown.slice(answered)).endsWith('] ')) return;
    answered = shown.length;
    const answer = answers.shift();
    if (answer != null) child.stdin.write(answer === '\u0003' ? answer : `${answer}\r`);
  });
  await once(child, 'exit');
  return { shown };
}
