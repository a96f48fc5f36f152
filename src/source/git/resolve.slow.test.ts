import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfFile } from '../../system/digest.ts';
import { type GitRequest, resolveGitSource } from './resolve.ts';
import { aRepository, type TestRepository } from './testing/repository.ts';

const CONF = 'PACKAGE_NAME=x\nPACKAGE_VERSION=1.2\nBUILD_EXCLUSIVE_KERNEL_MIN=5.10\n';

let repository: TestRepository;
let first: string;

beforeAll(async () => {
  repository = await aRepository();
  first = await repository.commit({
    'dkms.conf': CONF,
    'x.c': 'code\n',
    'run.sh': '#!/bin/sh\n',
    '.gitattributes': '*.c text eol=crlf\nrun.sh export-ignore\n',
  });
  await repository.commit({
    'dkms.conf': CONF.replace('1.2', '1.3'),
    'drivers/net/dkms.conf': 'PACKAGE_VERSION="#VERSION#"\n',
    'drivers/net/y.c': '$Format:%H$\n',
    'drivers/net/.gitattributes': 'y.c export-subst\n',
  });
});

afterAll(() => repository[Symbol.asyncDispose]());

const resolve = (request: Partial<GitRequest> = {}, env: NodeJS.ProcessEnv = {}) => {
  const { pool } = repository;
  const place = { name: 'x', repository: repository.address, commit: first, ...request };
  const options = { pool, cache: join(pool, '../answers'), env: { ...process.env, ...env } };
  return resolveGitSource(place, options);
};

const pooled = (sha256 = '') => join(repository.pool, sha256);
const listing = (sha256?: string) =>
  execFileSync('tar', ['-tvf', pooled(sha256)], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
const contentOf = (sha256: string | undefined, name: string) =>
  execFileSync('tar', ['-xOf', pooled(sha256), name], { encoding: 'utf8' });

describe(resolveGitSource, () => {
  it('pins exactly the commit, with what its dkms.conf says, whatever the branch has now', async () => {
    const source = await resolve();
    const [file] = source.files;

    expect(source).toMatchObject({
      kind: 'git',
      package: repository.address,
      repository: repository.address,
      commit: first,
      version: `1.2+git${first.slice(0, 7)}`,
      upstreamVersion: '1.2',
      range: {},
      conf: { kernelMin: '5.10' },
      options: [],
    });
    expect(file?.name).toBe(`x-${first}.tar`);
    expect(await digestOfFile(pooled(file?.sha256))).toEqual({
      digest: `sha256:${file?.sha256}`,
      size: file?.size,
    });
  });

  it('keeps every file as it was committed, whatever attributes and settings say', async () => {
    const settings = join(repository.path, '../settings');
    await writeFile(
      settings,
      '[tar]\numask = 0077\n[core]\nautocrlf = true\n[fetch]\nunpackLimit = 9\n',
    );
    const [file] = (await resolve()).files;

    expect(contentOf(file?.sha256, 'x.c')).toBe('code\n');
    expect(listing(file?.sha256)).toMatch(/-rwxr-xr-x .* run\.sh\n/);
    await rm(join(repository.pool, '../answers'), { recursive: true });
    expect((await resolve({}, { GIT_CONFIG_GLOBAL: settings })).files).toEqual([file]);
  });

  it('takes a folder as the root, with the date of the commit, and no placeholder for a version', async () => {
    const commit = await repository.git('rev-parse', 'HEAD');
    const date = await repository.git('show', '-s', '--format=%cd', '--date=format-local:%F %R');
    const source = await resolve({ commit, path: 'drivers/net', allowExperimental: true });

    expect(source).toMatchObject({ version: commit, path: 'drivers/net', range: {} });
    expect(source.options).toEqual(['enable-linux-experimental']);
    expect(source).not.toHaveProperty('upstreamVersion');
    expect(listing(source.files[0]?.sha256).split('\n').filter(Boolean)).toEqual([
      expect.stringContaining(`${date} .gitattributes`),
      expect.stringContaining(`${date} dkms.conf`),
      expect.stringContaining(`${date} y.c`),
    ]);
    expect(contentOf(source.files[0]?.sha256, 'y.c')).toBe('$Format:%H$\n');
  });

  it('asks the repository for a commit once, and leaves nothing but the archive', async () => {
    const source = await resolve();
    await rm(repository.pool, { recursive: true });

    expect(await resolve()).toEqual(source);
    expect(existsSync(repository.pool)).toBe(false);
    await rm(join(repository.pool, '../answers'), { recursive: true });
    await resolve();
    expect(await readdir(join(repository.pool, 'partial'))).toEqual([]);
  });

  it('says where a dkms.conf lies when the folder has none', async () => {
    const commit = await repository.git('rev-parse', 'HEAD');

    await expect(resolve({ commit, path: 'drivers' })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('has no dkms.conf and no NAME-kmod.spec in drivers at'),
      hint: expect.stringContaining('drivers/net'),
    });
  });

  it('runs no hook of the user', async () => {
    const hooks = join(repository.path, '../hooks');
    await mkdir(hooks);
    for (const name of ['reference-transaction', 'post-checkout', 'pre-auto-gc'])
      await writeFile(join(hooks, name), `#!/bin/sh\ntouch ${hooks}/ran\n`, { mode: 0o755 });
    const settings = join(hooks, 'settings');
    await writeFile(settings, `[core]\nhooksPath = ${hooks}\n`);
    const commit = await repository.commit({ z: '' });

    await resolve({ commit }, { GIT_CONFIG_GLOBAL: settings, GIT_DIR: '/nonexistent' });

    expect(existsSync(join(hooks, 'ran'))).toBe(false);
  });
});
