import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchGitArchive, type GitPoolOptions, refetchGitArchive } from './archive.ts';
import { fetchCommit } from './fetch.ts';
import { aRepository, type TestRepository } from './testing/repository.ts';

/** A client that speaks as servers that give no commit by its hash want it. */
const OLD = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'protocol.version',
  GIT_CONFIG_VALUE_0: '0',
};
const NOWHERE = '1'.repeat(40);

let repository: TestRepository;
let first: string;

beforeAll(async () => {
  repository = await aRepository();
  first = await repository.commit({ 'dkms.conf': 'PACKAGE_VERSION=1\n', noise: noise(200_000) });
  await repository.commit({ 'dkms.conf': 'PACKAGE_VERSION=2\n' });
});

afterAll(() => repository[Symbol.asyncDispose]());

/** Bytes that do not compress. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const fetch = (place = {}, options: Partial<GitPoolOptions> = {}) =>
  fetchGitArchive(
    { repository: repository.address, commit: first, ...place },
    { pool: repository.pool, env: process.env, ...options },
  );

describe(fetchCommit, () => {
  it('looks for the commit in the history when the server does not give it by its hash', async () => {
    const old = await fetch({}, { env: { ...process.env, ...OLD } });

    expect(old).toEqual(await fetch());
  });

  it.each([
    ['new', {}],
    ['old', OLD],
  ])('says that a commit is not there to a %s server', async (_, env) => {
    await expect(
      fetch({ commit: NOWHERE }, { env: { ...process.env, ...env } }),
    ).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no commit 111'),
    });
  });

  it('refuses the name of a tag that leads to a commit, and that of a folder', async () => {
    await repository.git('tag', '--annotate', '--message=x', 'v1', first);
    const tag = await repository.git('rev-parse', 'v1');
    const tree = await repository.git('rev-parse', `${first}^{tree}`);

    for (const commit of [tag, tree])
      await expect(fetch({ commit })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells a repository that is not there from a server that cannot be reached', async () => {
    await expect(fetch({ repository: 'file:///nonexistent/x' })).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('check the address'),
    });
    await expect(fetch({ repository: 'https://127.0.0.1:1/x' })).rejects.toMatchObject({
      code: 'network',
    });
  });

  it('ends at limits of size and time', async () => {
    await expect(fetch({}, { limit: 100_000 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(fetch({}, { timeout: 1 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('git did not get'),
    });
    expect(await readdir(join(repository.pool, 'partial'))).toEqual([]);
  });

  it('speaks to servers in no other way than those of addresses', async () => {
    await expect(fetch({ repository: 'ext::sh -c true' })).rejects.toMatchObject({
      code: 'program-failed',
      message: expect.stringContaining("transport 'ext' not allowed"),
    });
  });

  it('refuses objects that were changed where they lie', async () => {
    await using other = await aRepository();
    const commit = await other.commit({ 'dkms.conf': 'PACKAGE_VERSION=1\n' });
    const blob = await other.git('rev-parse', `${commit}:dkms.conf`);
    const file = join(other.path, '.git/objects', blob.slice(0, 2), blob.slice(2));
    await rm(file);
    await writeFile(file, deflateSync('blob 18\0PACKAGE_VERSION=9\n'));

    await expect(fetch({ repository: other.address, commit })).rejects.toMatchObject({
      code: 'invalid-content',
    });
  });

  it('refuses trees with names that lead out of them', async () => {
    const blob = await repository.git('rev-parse', `${first}:dkms.conf`);
    const list = join(repository.path, '../list');
    await writeFile(list, `100644 blob ${blob}\t..\n100644 blob ${blob}\tdkms.conf\n`);
    const tree = await repository.git('-c', `alias.tree=!git mktree < ${list}`, 'tree');
    const commit = await repository.git('commit-tree', '-m', 'x', tree);

    await expect(fetch({ commit })).rejects.toMatchObject({
      code: 'invalid-content',
      message: expect.stringMatching(/git fsck: .*hasDotdot/),
    });
  });
});

describe(refetchGitArchive, () => {
  it('brings the same bytes again and refuses others', async () => {
    const { sha256 } = await fetch();
    const pinned = { repository: repository.address, commit: first, sha256 };
    const options = { pool: repository.pool, env: process.env };

    await expect(refetchGitArchive(pinned, options)).resolves.toBeUndefined();
    await expect(
      refetchGitArchive({ ...pinned, sha256: '0'.repeat(64) }, options),
    ).rejects.toMatchObject({ code: 'digest-mismatch' });
  });
});
