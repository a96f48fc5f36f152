import { lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveOptions, openArchive } from './apt/archive.ts';
import { fetchPackages, pooledPath } from './apt/fetch.ts';
import { packageSet } from './apt/package-set.ts';
import { resolvePackages } from './apt/resolve.ts';
import { aLocalArchive, LOCAL_SUITE, type LocalArchive } from './testing/local-archive.ts';

const PACKAGES = [
  { name: 'base', essential: true },
  { name: 'app', depends: 'library (>= 1)', bytes: 300_000 },
  { name: 'library', version: '1:2.0-1~x+b1' },
  { name: 'alone' },
];

let archive: LocalArchive;
let pools = 0;

beforeAll(async () => {
  archive = await aLocalArchive(PACKAGES);
});
afterAll(() => archive[Symbol.asyncDispose]());

function open(over: Partial<ArchiveOptions> = {}) {
  const folder = join(archive.folder, 'state');
  const request = { suites: [LOCAL_SUITE], components: ['main'], architecture: 'amd64' };
  return openArchive(request, { folder, env: archive.env, ...over });
}

async function aPool(): Promise<string> {
  const pool = join(archive.folder, `pool-${(pools += 1)}`);
  await mkdir(join(pool, 'partial'), { recursive: true });
  return pool;
}

describe(resolvePackages, () => {
  it('pins what is asked for, what that needs, and what is essential', async () => {
    const set = await resolvePackages(await open(), { packages: ['app'] });

    expect(set.packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'app 1.0',
      'base 1.0',
      'library 1:2.0-1~x+b1',
    ]);
    expect(set.packages[0]).toMatchObject({ archive: 'debian', source: 'app' });
  });

  it('asks no solver the second time', async () => {
    const opened = await open();
    const first = await resolvePackages(opened, { packages: ['app'] });
    await writeFile(join(opened.folder, 'apt.conf'), 'Dir::Bin::methods "/nowhere";');

    expect(await resolvePackages(opened, { packages: ['app'] })).toEqual(first);
  });

  it('throws not-found for a package that is not there, and refuses odd names', async () => {
    const opened = await open();

    await expect(resolvePackages(opened, { packages: ['gone'] })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gone'),
    });
    await expect(resolvePackages(opened, { packages: ['-o=x'] })).rejects.toMatchObject({
      code: 'config',
    });
  });
});

describe(openArchive, () => {
  it('refuses an index whose signature is not that of the keyring', async () => {
    await using other = await aLocalArchive([{ name: 'base' }]);
    const key = await readFile(join(archive.folder, 'key.gpg'));
    await writeFile(join(other.folder, 'key.gpg'), key);
    const request = { suites: [LOCAL_SUITE], components: ['main'] };

    const opening = openArchive(request, { folder: join(other.folder, 'state'), env: other.env });

    await expect(opening).rejects.toMatchObject({
      code: 'archive',
      hint: expect.stringContaining('debian-archive-keyring'),
    });
  });

  it.each([
    ['garbage', 'archive'],
    ['missing', 'archive'],
    ['hang-up', 'network'],
  ] as const)('throws for an index that is %s', async (fault, code) => {
    archive.faults.set('binary-amd64/Packages', fault);
    const folder = join(archive.folder, `state-${fault}`);

    await expect(open({ folder })).rejects.toMatchObject({ code });

    archive.faults.clear();
  });

  it('throws not-found for a suite that the archive does not have', async () => {
    const request = { suites: ['nosuch'], components: ['main'] };
    const folder = join(archive.folder, 'state-nosuch');

    await expect(openArchive(request, { folder, env: archive.env })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nosuch'),
    });
  });

  it('throws network without credentials when nobody answers', async () => {
    await using dead = await aLocalArchive([{ name: 'base' }]);
    const sources = join(dead.folder, 'sources/debian.sources');
    const text = await readFile(sources, 'utf8');
    await writeFile(sources, text.replace(dead.uri, 'http://me:hunter2@127.0.0.1:9/debian'));
    const request = { suites: [LOCAL_SUITE], components: ['main'] };

    const error: unknown = await openArchive(request, { folder: dead.folder, env: dead.env }).catch(
      (thrown: unknown) => thrown,
    );

    expect(error).toMatchObject({
      code: 'network',
      context: { uri: expect.stringContaining(':9/') },
    });
    expect(inspect(error)).not.toContain('hunter2');
  });
});

describe(fetchPackages, () => {
  it('fetches each file once, verified, with progress', async () => {
    const opened = await open();
    const set = await resolvePackages(opened, { packages: ['app'] });
    const pool = await aPool();
    const seen: number[] = [];

    await fetchPackages(opened, set, { pool, onProgress: ({ files }) => seen.push(files) });
    const asked = archive.requests.length;
    await fetchPackages(opened, set, { pool });

    expect(seen).toEqual([1, 2, 3]);
    expect(archive.requests).toHaveLength(asked);
  });

  it('goes on where a killed run stopped', async () => {
    const opened = await open();
    const set = await resolvePackages(opened, { packages: ['app'], includeEssential: false });
    const app = set.packages.filter(({ name }) => name === 'app');
    const pool = await aPool();
    const whole = await readFile(join(archive.folder, 'www/debian', app[0]!.filename));
    await writeFile(join(pool, 'partial', app[0]!.sha256), whole.subarray(0, 200_000));

    await fetchPackages(opened, packageSet(app), { pool });

    expect(archive.requests.at(-1)).toContain('bytes=200000-');
    expect(await readFile(pooledPath(pool, app[0]!))).toEqual(whole);
  });

  it('shares a pool with others who fetch the same at the same time', async () => {
    const opened = await open();
    const set = await resolvePackages(opened, { packages: ['app'] });
    for (let round = 0; round < 4; round += 1) {
      const pool = await aPool();

      await Promise.all([1, 2, 3].map(() => fetchPackages(opened, set, { pool })));

      for (const one of set.packages) {
        const whole = await readFile(join(archive.folder, 'www/debian', one.filename));
        expect(await readFile(pooledPath(pool, one))).toEqual(whole);
      }
    }
  });

  it('refuses wrong bytes and names what can no longer be had', async () => {
    const opened = await open();
    const set = await resolvePackages(opened, { packages: ['alone'] });
    archive.faults.set('alone_1.0_amd64.deb', 'garbage');
    await expect(fetchPackages(opened, set, { pool: await aPool() })).rejects.toMatchObject({
      code: 'archive',
    });
    archive.faults.set('alone_1.0_amd64.deb', 'missing');
    await expect(fetchPackages(opened, set, { pool: await aPool() })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('alone 1.0'),
    });
    archive.faults.clear();
  });
});

/** The same archive as files of this machine: apt leaves links to them instead of copies. */
describe('an archive on disk', () => {
  let disk: LocalArchive;
  let onDisk: Awaited<ReturnType<typeof openArchive>>;

  beforeAll(async () => {
    disk = await aLocalArchive(PACKAGES);
    const path = join(disk.folder, 'sources/debian.sources');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(disk.uri, `file:${join(disk.folder, 'www/debian')}`));
    const request = { suites: [LOCAL_SUITE], components: ['main'], architecture: 'amd64' };
    onDisk = await openArchive(request, { folder: join(disk.folder, 'state'), env: disk.env });
  });
  afterAll(() => disk[Symbol.asyncDispose]());

  async function pinned(name: string) {
    const set = await resolvePackages(onDisk, { packages: [name], includeEssential: false });
    const one = set.packages.find((each) => each.name === name)!;
    const pool = await aPool();
    const source = join(disk.folder, 'www/debian', one.filename);
    return { set: packageSet([one]), pool, source, pooled: pooledPath(pool, one) };
  }

  it('is copied into the pool, which keeps what the archive changes or drops', async () => {
    const { set, pool, source, pooled } = await pinned('app');
    const whole = await readFile(source);
    await fetchPackages(onDisk, set, { pool });

    expect((await lstat(pooled)).isFile()).toBe(true);
    await writeFile(source, new Uint8Array(whole.length));
    expect(await readFile(pooled)).toEqual(whole);
    await rm(source);
    await fetchPackages(onDisk, set, { pool });
    expect(await readFile(pooled)).toEqual(whole);
  });

  it('replaces a link in the pool by the file', async () => {
    const { set, pool, source, pooled } = await pinned('library');
    await symlink(source, pooled);

    await fetchPackages(onDisk, set, { pool });

    expect((await lstat(pooled)).isFile()).toBe(true);
    expect(await readFile(pooled)).toEqual(await readFile(source));
  });

  it('is checked like any other', async () => {
    const { set, pool, source } = await pinned('alone');
    const whole = await readFile(source);
    await writeFile(source, new Uint8Array(whole.length));
    await expect(fetchPackages(onDisk, set, { pool })).rejects.toMatchObject({ code: 'archive' });

    await rm(source);
    await expect(fetchPackages(onDisk, set, { pool })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('alone 1.0'),
    });
  });
});
