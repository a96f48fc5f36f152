import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitRequest, resolveGitSource } from './resolve.ts';
import { aRepository, type TestRepository } from './testing/repository.ts';

const SPEC = `Name: y-kmod
Version: 1.2
Source0: y-%{version}.tar.gz
Patch0: fix.patch
BuildRequires: kmodtool, gcc
`;
const REMOTE = 'Source0: https://y.example.org/y.tar.gz\n';

let repository: TestRepository;
let commit: string;

beforeAll(async () => {
  repository = await aRepository();
  commit = await repository.commit({
    'y/y-kmod.spec': SPEC,
    'y/y-1.2.tar.gz': 'code',
    'y/fix.patch': 'fix',
    'both/dkms.conf': 'PACKAGE_VERSION=3\n',
    'both/y-kmod.spec': 'Name: y-kmod\nVersion: %(date)\n',
    'several/a-kmod.spec': 'Name: a-kmod\n',
    'several/b-kmod.spec': 'Name: b-kmod\nVersion: 2^1\n',
    'remote/y-kmod.spec': `Name: y-kmod\n${REMOTE}Source1: y.conf\n`,
    'other/y-kmod.spec': 'Name: z-kmod\n',
    'broken/y-kmod.spec': 'Name: y-kmod\n',
    'broken/sources': 'SHA512 (y.tar.gz) = x\n',
  });
});

afterAll(() => repository[Symbol.asyncDispose]());

const resolve = (path: string, request: Partial<GitRequest> = {}) => {
  const { pool, address } = repository;
  const place = { name: 'hid-y', repository: address, commit, path, ...request };
  return resolveGitSource(place, { pool, cache: join(pool, '../answers'), env: process.env });
};

describe('a commit with a spec file', () => {
  it('is pinned with what the spec says and what lies beside it', async () => {
    const source = await resolve('y');
    const [tar = { sha256: '' }, ...elsewhere] = source.files;

    expect(source).toMatchObject({
      version: `1.2+git${commit.slice(0, 7)}`,
      upstreamVersion: '1.2',
      range: {},
      spec: { file: 'y-kmod.spec', requires: ['kmodtool', 'gcc'] },
      options: ['spec y-kmod.spec'],
    });
    expect(elsewhere).toEqual([]);
    const listed = execFileSync('tar', ['-tf', join(repository.pool, tar.sha256)]).toString();
    expect(listed.trim().split('\n')).toEqual(['fix.patch', 'y-1.2.tar.gz', 'y-kmod.spec']);
  });

  it('is built by its dkms.conf unless the spec is named', async () => {
    const conf = await resolve('both');
    const spec = await resolve('both', { spec: 'y-kmod.spec' });

    expect(conf).toMatchObject({ upstreamVersion: '3', options: [] });
    expect(conf).not.toHaveProperty('spec');
    expect(spec).toMatchObject({ version: commit, spec: { file: 'y-kmod.spec' } });
    expect(spec).not.toHaveProperty('upstreamVersion');
  });

  it('wants to be told which of several', async () => {
    await expect(resolve('several')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('a-kmod.spec, b-kmod.spec'),
      hint: expect.stringContaining('`spec`'),
    });
    expect(await resolve('several', { spec: 'b-kmod.spec' })).toMatchObject({
      version: commit,
      spec: { file: 'b-kmod.spec' },
    });
  });

  it('refuses everything that nobody pins, all at once', async () => {
    await expect(resolve('remote')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/no checksum of y\.tar\.gz.*\n.*y\.conf does not lie beside/s),
      hint: expect.stringContaining('sha512sum --tag'),
    });
  });

  it.each([
    ['other', {}, 'config', /its Name is z-kmod/],
    ['broken', {}, 'invalid-content', /line 1 of the file sources/],
    ['y', { spec: 'z-kmod.spec' }, 'config', /has no z-kmod\.spec in y at/],
    ['nowhere', {}, 'config', /has no dkms\.conf and no NAME-kmod\.spec in nowhere at/],
  ])('refuses %s %j', async (path, request, code, message) => {
    await expect(resolve(path, request)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('says where specs lie', async () => {
    await expect(resolve('nowhere')).rejects.toMatchObject({
      hint: expect.stringMatching(/`path`: both, broken, other, remote, several, y/),
    });
  });
});
