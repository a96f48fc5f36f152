import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { openLayout } from '../oci/layout/layout.ts';
import { putImage } from '../oci/testing/image.ts';
import { run } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { catalog } from './catalog.ts';

const LOCKSTEP = join(import.meta.dirname, '../../bin/lockstep');

describe('lockstep', () => {
  it('lists every command in its help', async () => {
    const { status, stdout } = await run(LOCKSTEP, ['--help']);

    expect(status).toBe(0);
    for (const { name } of catalog) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it.each([
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['run', '--frobnicate']],
    ['a project without a configuration', ['run', '-C', '/']],
  ])('exits with 2 for %s, and says so on standard error', async (_, args) => {
    const { status, stdout, stderr } = await run(LOCKSTEP, args);

    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error/);
  });

  it.each([
    ['an unknown option', ['run', '--frobnicate', '--json']],
    ['an unknown command', ['--json', 'frobnicate']],
    ['an argument too few', ['ls', '--json']],
    ['a command that has commands', ['lock', '--json']],
    ['an option too few, two commands deep', ['flist', 'config', 'tag', 'add', '--json']],
    ['an unknown command, two commands deep', ['flist', 'config', 'tag', 'frobnicate', '--json']],
  ])('prints one JSON document for %s', async (_, args) => {
    const { status, stdout } = await run(LOCKSTEP, args);

    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema_version: 1, error: { code: 'usage' } });
  });

  it('takes options of every command before its name too', async () => {
    const { status, stderr } = await run(LOCKSTEP, ['-C', '/proc', 'status']);

    expect(status).toBe(2);
    expect(stderr).toContain('/proc/lockstep.yaml');
  });

  it.each([
    ['init', '--profile', 'debian'],
    ['status'],
    ['workflow', 'generate'],
    ['trust', 'init'],
  ])('says that the folder to work in is not there: %s %s', async (...command) => {
    const { status, stdout, stderr } = await run(LOCKSTEP, [...command, '-C', '/nowhere']);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: -C \/nowhere: there is no such folder$/m);
  });

  it('shows the help of a command by help NAME', async () => {
    const [help, option] = [
      ['help', 'lock', 'sync'],
      ['lock', 'sync', '--help'],
    ] as const;

    expect(await run(LOCKSTEP, help)).toMatchObject({
      status: 0,
      stdout: (await run(LOCKSTEP, option)).stdout,
    });
  });

  it('tells a folder that is not there from a repository without a tag', async () => {
    await using folder = await temporaryFolder();
    const layout = openLayout(join(folder.path, 'debian-zfs'));
    await putImage(layout, { tag: 'main-12' });
    const stderr = async (reference: string) => (await run(LOCKSTEP, ['ls', reference])).stderr;

    expect(await stderr('oci:/nowhere')).toContain('/nowhere does not exist');
    expect(await stderr(`oci:${folder.path}`)).toContain('it holds layouts: debian-zfs');
    expect(await stderr(`oci:${layout.path}`)).toContain('has no latest');

    const tags = await run(LOCKSTEP, ['tags', `oci:${layout.path}`, 'main-*', '--digests']);
    expect(tags).toMatchObject({ status: 0 });
    expect(tags.stdout).toMatch(/^main-12 {2}sha256:[0-9a-f]{64}\n$/);
    expect((await run(LOCKSTEP, ['tags', `oci:${layout.path}`, 'x*'])).status).toBe(1);
  });

  it('annotates what is wrong in lockstep.yaml in a job, from the root of the checkout', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'project'));
    await writeFile(join(folder.path, 'project/lockstep.yaml'), 'version: 1\nnam: x\n');
    const env = { ...process.env, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder.path };
    const { stderr } = await run(LOCKSTEP, ['check', '-C', join(folder.path, 'project')], { env });

    expect(stderr).toContain(
      '::error file=project/lockstep.yaml,line=2,col=1::nam: is not a known key (did you mean name?)',
    );
  });

  it('decides colours by the stream that it writes to', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'errors');
    const env = { PATH: process.env.PATH, TERM: 'xterm-256color' };
    const onTerminal = (to: string) =>
      text(spawn('script', ['-qec', `${LOCKSTEP} check -C / ${to}`, '/dev/null'], { env }).stdout);

    expect(await onTerminal('')).toContain('\u001b[31merror\u001b[39m: ');
    await onTerminal(`2> ${file}`);
    const errors = await readFile(file, 'utf8');
    expect(errors).toMatch(/^error: /);
    expect(errors).not.toContain('\u001b');
  });

  it('annotates what verify finds in a job, by the file of the module', async () => {
    await using folder = await temporaryFolder();
    const modules = join(folder.path, '6.1.0-1-amd64');
    const broken = join(folder.path, 'broken.ko');
    await mkdir(modules);
    await writeFile(join(modules, 'modules.builtin'), '');
    await writeFile(broken, 'not a module');
    const call = ['verify', '--modules-dir', modules, broken];
    const errorsOf = async (env: NodeJS.ProcessEnv) =>
      (await run(LOCKSTEP, call, { env: { ...process.env, ...env } })).stderr;

    expect(await errorsOf({ GITHUB_ACTIONS: 'true' })).toMatch(
      /^::error::\S*\/broken\.ko: .* \[elf\]\n$/,
    );
    expect(await errorsOf({ GITHUB_ACTIONS: '' })).toBe('');
  });

  it('prints one JSON document for a failure with --json', async () => {
    const { status, stdout } = await run(LOCKSTEP, ['run', '-C', '/', '--json']);

    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'config' } });
  });
});

describe('lockstep init', () => {
  it('writes a configuration that is read, and never touches one that is there', async () => {
    await using folder = await temporaryFolder();
    const init = () => run(LOCKSTEP, ['init', '--profile', 'debian', '-C', folder.path]);

    expect((await init()).status).toBe(0);
    const written = await readFile(join(folder.path, 'lockstep.yaml'), 'utf8');
    const again = await init();

    expect(parseConfig(written, 'lockstep.yaml').config?.streams).toHaveLength(1);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('is there already');
  });
});
