import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endless, reply } from '../../oci/testing/scripted-server.ts';
import { digestOf } from '../../system/digest.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import type { DownloadedFile } from '../module-source.ts';
import { type ScriptedGithub, startGithub } from '../testing/github.ts';
import {
  aSignedRelease,
  aSigner,
  type ReleaseTrial,
  type Signer,
} from '../testing/github-release.ts';
import { fetchDownloads } from './download.ts';
import { openGithub } from './github.ts';
import { type OpenzfsRequest, resolveOpenzfs } from './resolve.ts';
import { compatTable } from './table.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const KERNEL = '7.1.4-204.fc44.x86_64';
let github: ScriptedGithub;
let signer: Signer;
let folder: TemporaryFolder;
let pools = 0;

beforeAll(async () => {
  [github, signer, folder] = await Promise.all([startGithub(), aSigner(), temporaryFolder()]);
});
afterAll(async () => {
  await Promise.all([github, signer, folder].map((one) => one[Symbol.asyncDispose]()));
});
beforeEach(() => {
  github.instead.clear();
  github.fetched.length = 0;
  github.tokens.files.length = 0;
});

/** A repository with releases of these versions, listed in this order. */
async function publish(trials: Record<string, ReleaseTrial>) {
  const releases: Awaited<ReturnType<typeof aSignedRelease>>[] = [];
  for (const [version, trial] of Object.entries(trials)) {
    releases.push(await aSignedRelease(signer, version, trial));
  }
  github.releases = releases;
  return releases;
}

function open(token?: string) {
  const { repository } = github;
  const retry = { attempts: 2, pause: 1 };
  return openGithub({ repository, env: {}, now: () => NOW, retry, ...(token && { token }) });
}

function pin(over: Partial<OpenzfsRequest> = {}, pool = aPool(), token?: string) {
  const request = { name: 'zfs', line: '2.4', kernels: [KERNEL], ...over };
  const table = compatTable([], { date: '2026-08-21', origin: 'a test' });
  const { keyring } = signer;
  const cache = `${pool}-answers`;
  const options = { github: open(token), table, pool, cache, keyring, env: process.env };
  return resolveOpenzfs(request, options);
}

function aPool(): string {
  return join(folder.path, `pool-${(pools += 1)}`);
}

describe(resolveOpenzfs, () => {
  it('pins the highest patch of the line, with the range of its tarball, in the pool', async () => {
    await publish({ '2.3.9': {}, '2.4.9': {}, '2.4.10': { max: '7.1' }, '2.2.11': {} });
    const tarball = github.releases[2]?.files?.['zfs-2.4.10.tar.gz'] as Buffer;
    const pool = aPool();

    const { source, findings } = await pin({}, pool, 'secret');

    const sha256 = digestOf(tarball).slice(7);
    expect(findings).toEqual([]);
    expect(source).toEqual({
      name: 'zfs',
      kind: 'openzfs',
      package: 'zfs',
      version: '2.4.10',
      upstreamVersion: '2.4.10',
      files: [
        {
          name: 'zfs-2.4.10.tar.gz',
          sha256,
          size: tarball.length,
          url: `${github.files}/download/zfs-2.4.10/zfs-2.4.10.tar.gz`,
        },
      ],
      range: { min: '4.18', max: '7.1' },
      buildDependencies: [],
      options: [],
    });
    expect(await readdir(pool)).toEqual([sha256, 'partial']);
    expect(await readdir(join(pool, 'partial'))).toEqual([]);
    expect(github.tokens.files.filter(Boolean)).toEqual([]);
  });

  it('fetches the tarball once', async () => {
    await publish({ '2.4.4': {} });
    const pool = aPool();

    const first = await pin({}, pool);
    const again = await pin({}, pool);

    expect(again).toEqual(first);
    expect(github.fetched.filter((path) => path.endsWith('/zfs-2.4.4.tar.gz'))).toHaveLength(2);
  });

  it('chooses among lines what supports the kernel, not below stable', async () => {
    await publish({ '2.2.11': { max: '6.17' }, '2.4.3': { max: '7.0' }, '2.3.9': { max: '7.2' } });
    const line = 'latest-compatible';

    expect((await pin({ line })).source.version).toBe('2.3.9');
    expect((await pin({ line, floor: '2.4.1' })).source.version).toBe('2.4.3');
    expect((await pin({ line, kernels: ['6.1.0-50'] })).source.version).toBe('2.4.3');
  });

  it('says loudly that tag and tarball disagree; the tarball counts', async () => {
    await publish({ '2.4.4': { max: '7.1', tagMax: '7.0' } });

    const { source, findings } = await pin();

    expect(source.range.max).toBe('7.1');
    expect(findings).toMatchObject([
      { rule: 'meta-disagreement', message: expect.stringMatching(/7\.1, the tag says .*7\.0/) },
    ]);
  });

  it('refuses a tarball whose maximum cannot be meant', async () => {
    await publish({ '2.4.2': { max: '99.99', tagMax: '7.0' } });

    await expect(pin()).rejects.toMatchObject({
      code: 'gate-failed',
      message: expect.stringMatching(/99\.99.*the tag says Linux 4\.18 to 7\.0/),
    });
  });

  it('refuses a tarball that is another version, and one without META', async () => {
    await publish({ '2.4.4': { says: '2.4.3' } });
    await expect(pin()).rejects.toMatchObject({ message: expect.stringContaining('2.4.3') });

    await publish({ '2.4.4': { tarball: Buffer.from('junk') } });
    await expect(pin()).rejects.toMatchObject({ code: 'invalid-content' });
  });

  it('is content with one of the two signatures, but not with none or a wrong one', async () => {
    const [release] = await publish({ '2.4.4': {} });
    const names = ['zfs-2.4.4.tar.gz.asc', 'zfs-2.4.4.sha256.asc'];
    const without = (...left: string[]) => {
      const files = Object.entries(release?.files ?? {}).filter(([name]) => !left.includes(name));
      github.releases = [{ ...release!, files: Object.fromEntries(files) }];
    };

    for (const name of names) {
      without(name);
      expect((await pin()).source.version).toBe('2.4.4');
    }
    without(...names);
    await expect(pin()).rejects.toMatchObject({
      code: 'invalid-content',
      message: expect.stringContaining('no signature'),
    });
    without('zfs-2.4.4.tar.gz');
    await expect(pin()).rejects.toMatchObject({ code: 'invalid-content' });
    await using stranger = await aSigner();
    const foreign = await aSignedRelease(stranger, '2.4.4');
    for (const name of names) {
      github.releases = [
        { ...release!, files: { ...release!.files, [name]: foreign.files[name]! } },
      ];
      await expect(pin()).rejects.toMatchObject({
        code: 'not-allowed',
        message: expect.stringContaining(name),
      });
    }
  });

  it('refuses a tarball that is not the signed one, and leaves nothing of it', async () => {
    const [release] = await publish({ '2.4.4': {} });
    const name = 'zfs-2.4.4.tar.gz';
    const tarball = Buffer.from(release?.files[name] ?? '');
    tarball[tarball.length - 1] = 1;
    github.releases = [{ ...release!, files: { ...release!.files, [name]: tarball } }];
    const pool = aPool();

    await expect(pin({}, pool)).rejects.toMatchObject({ code: 'digest-mismatch' });

    expect(await readdir(pool)).toEqual(['partial']);
    expect(await readdir(join(pool, 'partial'))).toEqual([]);
  });

  it('refuses a signed list that does not name the tarball, or twice', async () => {
    const [release] = await publish({ '2.4.4': {} });
    const name = 'zfs-2.4.4.sha256.asc';
    const [a, b] = ['a', 'b'].map((hex) => `${hex.repeat(64)}  zfs-2.4.4.tar.gz\n`);

    for (const text of [`${'a'.repeat(64)}  zfs-2.4.3.tar.gz\n`, `${a}${b}`, 'nothing\n']) {
      const list = await signer.clear(text);
      github.releases = [{ ...release!, files: { ...release!.files, [name]: list } }];
      await expect(pin()).rejects.toMatchObject({
        code: 'not-allowed',
        message: expect.stringContaining('not for zfs-2.4.4.tar.gz'),
      });
    }
  });

  it.each([
    ['more than was announced', endless(), 'limit-exceeded'],
    ['less than was announced', reply(200, 'short'), 'network'],
    ['a failure', reply(503), 'network'],
    ['nothing any more', reply(404), 'not-found'],
  ])('ends when the server of the files sends %s', async (_, answer, code) => {
    await publish({ '2.4.4': {} });
    github.instead.set('zfs-2.4.4.tar.gz', answer);

    await expect(pin()).rejects.toMatchObject({ code });
  });

  it('says which lines there are when the one asked for is not', async () => {
    await publish({ '2.4.4': {} });

    await expect(pin({ line: '2.9' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('goes on when the tag has no META, and says so', async () => {
    const [release] = await publish({ '2.4.4': {} });
    const { meta: _, ...rest } = release!;
    github.releases = [rest];

    expect((await pin()).findings.map(({ rule }) => rule)).toEqual(['meta-of-tag-missing']);
  });
});

describe(fetchDownloads, () => {
  it('fetches pinned files by what they hold, without listing or signature', async () => {
    await publish({ '2.4.4': {} });
    const { source } = await pin();
    const files = source.files as DownloadedFile[];
    github.releases = github.releases.map((release) => ({
      ...release,
      files: { 'zfs-2.4.4.tar.gz': release.files?.['zfs-2.4.4.tar.gz'] ?? '' },
    }));
    const asked = github.asked.length;
    const pool = aPool();

    const paths = await fetchDownloads(open(), files, { pool });

    expect(paths).toEqual([join(pool, files[0]?.sha256 ?? '')]);
    expect(github.asked).toHaveLength(asked);
    const wrong = [{ ...files[0]!, sha256: 'a'.repeat(64) }];
    await expect(fetchDownloads(open(), wrong, { pool })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    await writeFile(join(pool, 'a'.repeat(64)), 'kept');
    expect(await fetchDownloads(open(), wrong, { pool })).toHaveLength(1);
  });
});
