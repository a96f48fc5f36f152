import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aMeta, type ScriptedGithub, startGithub } from '../../source/testing/github.ts';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');
let github: ScriptedGithub;
let folder: TemporaryFolder;

beforeAll(async () => {
  github = await startGithub(
    ['2.3.10', '2.5.0', '2.3.9'].map((version) => ({
      tag: `zfs-${version}`,
      meta: aMeta(version, '7.3'),
    })),
  );
});
afterAll(() => github[Symbol.asyncDispose]());

beforeEach(async () => {
  await folder?.[Symbol.asyncDispose]();
  folder = await temporaryFolder();
  github.limit = { remaining: 1000, reset: 0 };
  github.tokens.api.length = 0;
});
afterAll(() => folder[Symbol.asyncDispose]());

function lockstep(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return run(LOCKSTEP, args, { cwd: folder.path, env: { PATH: process.env.PATH, ...env } });
}

function refresh(args: readonly string[] = [], env?: NodeJS.ProcessEnv) {
  return lockstep(['compat', 'refresh', '--releases', github.repository, ...args], env);
}

describe('lockstep compat', () => {
  it('prints the table that comes with lockstep, with its day and origin', async () => {
    const { status, stdout } = await lockstep(['compat', '--kernel', '6.18', '--line', '2.3']);

    expect(status).toBe(0);
    expect(stdout).toMatch(
      /as of \d{4}-\d\d-\d\d, .* ago\n {2}comes with lockstep; META of the release tags/,
    );
    expect(stdout).toMatch(/^ {2}2\.3\.9 .*Linux 4\.18 to 7\.2 +fits/m);
    expect(stdout).toMatch(/^ {2}2\.3\.5 .*Linux 4\.18 to 6\.17 +kernel is too new/m);
    expect(stdout).not.toMatch(/2\.4\./);
    expect(stdout).toMatch(/fits Linux 6\.18: 2\.3\.\d+$/m);
  });

  it.each([
    ['a kernel that none fits', ['--kernel', '99.1'], 1],
    ['a release that is not known', ['--release', '2.9.1'], 1],
    ['a release that does not fit', ['--release', '2.2.11', '--kernel', '6.18.4-200.fc43'], 1],
    ['a release that fits', ['--release', '2.4.0', '--kernel', '6.18.4-200.fc43'], 0],
    ['a line that is not there', ['--line', '9.9'], 1],
    ['what is no kernel', ['--kernel', 'fc43'], 2],
  ])('exits for %s as it should', async (_, args, expected) => {
    const { status, stdout } = await lockstep(['compat', '--json', ...args]);

    expect(status).toBe(expected);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  });
});

describe('lockstep compat refresh', () => {
  it('makes a table that goes before the shipped one', async () => {
    const { status, stdout, stderr } = await refresh(['--all', '--json']);

    expect(stderr).toContain('3/3 zfs-2.3.9');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ added: ['2.5.0', '2.3.10', '2.3.9'], skipped: [] });
    const shown = JSON.parse((await lockstep(['compat', '--json'])).stdout);
    expect(shown).toMatchObject({ shipped: false, newest: ['2.5.0', '2.3.10'] });
    expect(shown.file).toBe(join(folder.path, 'lockstep.compat.json'));
  });

  it('goes on from the table that is known, and says what counts', async () => {
    const { stdout } = await refresh(['-C', folder.path]);

    expect(stdout).toMatch(/\d\d releases, 2 of them new/);
    expect(stdout).toContain('it counts in this project');
    expect((await refresh(['-o', 'other.json'])).stdout).toContain('it counts where it is called');
    expect(JSON.parse(await readFile(join(folder.path, 'other.json'), 'utf8')).date).toBeTruthy();
  });

  it('keeps what it read when the rate limit ends it, and goes on', async () => {
    github.limit = { remaining: 2, reset: Math.floor(Date.now() / 1000) + 3600 };
    const first = await refresh(['--json']);
    github.limit = { remaining: 1000, reset: 0 };
    const second = await refresh();

    expect(first.status).toBe(3);
    expect(JSON.parse(first.stdout)).toMatchObject({
      error: { code: 'network', hint: expect.stringContaining('GITHUB_TOKEN') },
    });
    expect(first.stderr).toContain('has what was read until now');
    expect(second.stdout).toContain('1 of them new');
  });

  it('sends a token only to the server that it is for', async () => {
    await refresh([], { GITHUB_TOKEN: 'secret' });
    await refresh(['--all'], { GITHUB_TOKEN: 'secret', GITHUB_API_URL: github.repository });

    expect(new Set(github.tokens.api)).toEqual(new Set([undefined, 'Bearer secret']));
  });

  it('says how to mend a table that cannot be read', async () => {
    await writeFile(join(folder.path, 'lockstep.compat.json'), '{}');

    expect(await lockstep(['compat'])).toMatchObject({ status: 2 });
    expect((await refresh()).stderr).toContain('lockstep compat refresh --all');
    expect((await refresh(['--all'])).status).toBe(0);
  });
});
