import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { endless, reply } from '../../oci/testing/scripted-server.ts';
import { type ScriptedGithub, type ScriptedRelease, startGithub } from '../testing/github.ts';
import { type GithubOptions, openGithub, tokenFor } from './github.ts';
import { releasesOf } from './releases.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const github: ScriptedGithub = await startGithub();
afterAll(() => github[Symbol.asyncDispose]());

beforeEach(() => {
  github.instead.clear();
  github.asked.length = 0;
  github.tokens.api.length = 0;
  github.releases = [aRelease('zfs-2.4.4')];
  github.limit = { remaining: 1000, reset: 0 };
  github.pageSize = 100;
});

function aRelease(tag: string, over: Partial<ScriptedRelease> = {}): ScriptedRelease {
  return { tag, published_at: '2026-08-21T20:00:00Z', ...over };
}

function list(over: Partial<GithubOptions> = {}) {
  const retry = { attempts: 2, pause: 1 };
  const { repository } = github;
  return releasesOf(openGithub({ repository, env: {}, now: () => NOW, retry, ...over }));
}

describe(releasesOf, () => {
  it('finds those of all pages, and no candidate, draft, branch point or other tag', async () => {
    github.pageSize = 3;
    github.releases = [
      aRelease('zfs-2.4.5-rc1', { prerelease: true }),
      aRelease('zfs-2.2.11'),
      aRelease('zfs-2.4.99'),
      aRelease('zfs-2.3.9'),
      aRelease('zfs-2.5.0', { draft: true }),
      aRelease('zfs-2.4.4'),
      aRelease('zfs-2.6.0', { prerelease: true }),
      aRelease('zfs-2.3.10'),
    ];

    const found = await list();

    expect(found.map(({ version }) => version)).toEqual(['2.4.4', '2.3.10', '2.3.9', '2.2.11']);
    expect(found[0]).toEqual({
      version: '2.4.4',
      tag: 'zfs-2.4.4',
      date: '2026-08-21',
      assets: [],
    });
    expect(github.asked).toHaveLength(3);
  });

  it('tells name, size and address of their files', async () => {
    github.releases = [aRelease('zfs-2.4.4', { files: { 'zfs-2.4.4.tar.gz': 'content' } })];

    expect((await list())[0]?.assets).toEqual([
      {
        name: 'zfs-2.4.4.tar.gz',
        size: 7,
        url: `${github.files}/download/zfs-2.4.4/zfs-2.4.4.tar.gz`,
      },
    ]);
  });

  it('works without a token and sends the one that it gets', async () => {
    await list();
    await list({ token: 'secret' });

    expect(github.tokens.api).toEqual([undefined, 'Bearer secret']);
  });

  it('takes the token to no other host', async () => {
    const away = reply(302, '', { location: `${github.files}/download/x/y` });
    github.instead.set('/releases', away);

    await expect(list({ token: 'secret' })).rejects.toMatchObject({ code: 'not-found' });

    expect(github.tokens.api).toEqual(['Bearer secret']);
    expect(github.tokens.files.length).toBeGreaterThan(0);
    expect(github.tokens.files.filter(Boolean)).toEqual([]);
  });

  it('says that the rate limit is used up, until when, and that a token helps', async () => {
    github.limit = { remaining: 0, reset: NOW.getTime() / 1000 + 1800 };

    await expect(list()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/rate limit is used up until 2026-11-20T10:30:00Z/),
      hint: expect.stringContaining('GITHUB_TOKEN'),
    });
    expect(github.asked).toHaveLength(1);
    await expect(list({ token: 'secret' })).resolves.toHaveLength(1);
  });

  it.each([
    ['a limit that says no end', 403, { 'x-ratelimit-remaining': '0' }, '2026-11-20T10:01:00Z'],
    ['a limit that says nothing', 429, {}, '2026-11-20T10:01:00Z'],
    ['an end far beyond all dates', 403, { 'retry-after': '999999999' }, '2058-07-29T11:46:39Z'],
  ])('does not wait for %s', async (_, status, headers: Record<string, string>, end) => {
    github.instead.set('/releases', reply(status, '<html>', headers));

    await expect(list()).rejects.toMatchObject({ message: expect.stringContaining(end) });
  });

  it('does not advise a token to those who have one', async () => {
    github.instead.set('/releases', reply(429, '{}', { 'retry-after': '3600' }));

    await expect(list({ token: 'secret' })).rejects.toMatchObject({
      code: 'network',
      hint: 'try again after 2026-11-20T11:00:00Z',
    });
  });

  it('waits for a limit that ends at once, and for a server that fails once', async () => {
    const failures = [reply(429, '{}', { 'retry-after': '0' }), reply(502)];
    for (const failure of failures) {
      github.instead.set('/releases', (request, response) => {
        github.instead.clear();
        failure(request, response);
      });

      await expect(list()).resolves.toHaveLength(1);
    }
  });

  it.each([
    [401, 'not-allowed', /Bad credentials/],
    [403, 'not-allowed', /403: Bad credentials/],
    [404, 'not-found', /404/],
    [500, 'network', /500/],
  ])('makes of the status %i the error %s', async (status, code, message) => {
    github.instead.set('/releases', reply(status, '{"message":"Bad credentials"}'));

    await expect(list()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  const junk = Buffer.alloc(5 << 20, 'junk ').toString();
  it.each([
    ['an object', '{"message":"Moved","releases":[]}', /no list: {"message"/],
    ['HTML', '<!DOCTYPE html><p>Sign in</p>', /HTML/],
    ['cut short', '[{"tag_name":"zfs-2.4.4","ass', /cut short/],
    ['nothing', '', /cut short/],
    ['5 MB of junk', junk, /not JSON/],
    ['numbers', '[1,2]', /0: /],
    ['a list of other things', '[{"name":"x"}]', /0.tag_name: /],
    ['a negative size', anAsset('-1'), /size/],
    ['a size beyond all numbers', anAsset('1e400'), /size/],
    ['another scheme', anAsset('1', 'file:///etc/passwd'), /browser_download_url/],
  ])('says what came instead of a list: %s', async (_, body, message) => {
    github.instead.set('/releases', reply(200, body));

    await expect(list()).rejects.toMatchObject({
      code: 'invalid-content',
      message: expect.stringMatching(message),
    });
  });

  it('reads no list without an end', async () => {
    github.instead.set('/releases', endless());

    await expect(list()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it.each([
    ['a circle of pages', (here: string) => here],
    ['ever new pages', (here: string) => `${here}&page=${github.asked.length + 1}`],
  ])('refuses %s', async (_, next) => {
    const here = `${github.repository}/releases?per_page=100`;
    github.instead.set('/releases', (request, response) =>
      reply(200, '[]', { link: `<${next(here)}>; rel="next"` })(request, response),
    );

    await expect(list()).rejects.toMatchObject({
      message: expect.stringContaining('without an end'),
    });
    expect(github.asked.length).toBeLessThan(60);
  });

  it('refuses a list that goes on at another host, rather than take a part for the whole', async () => {
    const link = `<${github.files}/releases?page=2>; rel="next"`;
    github.instead.set('/releases', reply(200, '[]', { link }));

    await expect(list({ token: 'secret' })).rejects.toMatchObject({
      message: expect.stringContaining('another host'),
    });
    expect(github.tokens.files.filter(Boolean)).toEqual([]);
  });

  it('leaves out files that are still being uploaded', async () => {
    const asset = { name: 'x', size: 0, browser_download_url: 'https://example.org/x' };
    const assets = [{ ...asset, state: 'starter' }];
    github.instead.set(
      '/releases',
      reply(200, JSON.stringify([{ tag_name: 'zfs-2.4.4', assets }])),
    );

    expect((await list())[0]?.assets).toEqual([]);
  });

  it('does not wait for ever for a list that comes byte by byte', async () => {
    github.instead.set('/releases', (_, response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });

    await expect(list({ patience: 60 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('notices a list that breaks off', async () => {
    github.instead.set('/releases', (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('[');
      response.destroy();
    });

    await expect(list()).rejects.toMatchObject({ code: 'network' });
  });
});

function anAsset(size: string, url = 'https://example.org/x'): string {
  return `[{"tag_name":"zfs-2.4.4","assets":[{"name":"x","size":${size},"browser_download_url":"${url}"}]}]`;
}

describe(tokenFor, () => {
  it('gives the token to the server that it is for', () => {
    const enterprise = { GITHUB_TOKEN: 'x', GITHUB_API_URL: 'https://git.example.org/api/v3' };

    expect(tokenFor({ GITHUB_TOKEN: 'x' })).toBe('x');
    expect(tokenFor({})).toBeUndefined();
    expect(tokenFor(enterprise)).toBeUndefined();
    expect(tokenFor(enterprise, 'https://git.example.org/api/v3/repos/a/b')).toBe('x');
    expect(tokenFor({ GITHUB_TOKEN: 'x' }, 'http://127.0.0.1:1/repos/a/b')).toBeUndefined();
  });

  it('refuses what is no address', () => {
    expect(() => tokenFor({}, 'openzfs/zfs')).toThrow(/not an address/);
    expect(() => openGithub({ repository: 'ftp://x/y', env: {}, now: () => NOW })).toThrow(
      /not an address/,
    );
  });
});
