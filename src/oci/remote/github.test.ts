import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../system/digest.ts';
import { type Answer, reply, startScriptedServer } from '../testing/scripted-server.ts';
import { GithubPackages } from './github.ts';
import { httpTransport } from './transport.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const BASE = '/orgs/owner/packages/container/images%2Fzfs/versions';
const digests = Array.from({ length: 230 }, (_, index) => digestOf(`version ${index}`));
const page = (number: number) => `GET ${BASE}?per_page=100&page=${number}`;

/** What the API tells of a version; one without tags is what a moved tag leaves behind. */
function aVersion(name: string, id: number, tags: string[] = []) {
  return { id, name, url: 'x', metadata: { package_type: 'container', container: { tags } } };
}

const pages: Record<string, Answer> = Object.fromEntries(
  [1, 2, 3].map((number) => {
    const part = digests.slice((number - 1) * 100, number * 100);
    const list = part.map((name, index) => aVersion(name, (number - 1) * 100 + index));
    return [page(number), reply(200, JSON.stringify(list))];
  }),
);

async function deleting(script: Record<string, Answer>, names: Digest[], env = {}) {
  await using server = await startScriptedServer(script);
  const transport = httpTransport({ env: {}, authorities: async () => undefined });
  const packages = new GithubPackages({
    host: 'ghcr.io',
    repository: 'owner/images/zfs',
    env: { GITHUB_TOKEN: 'secret', GITHUB_API_URL: `http://${server.host}`, ...env },
    transport,
    now: () => NOW,
  });
  const results: unknown[] = [];
  for (const name of names) {
    results.push(await packages.delete(name).catch((error: unknown) => error));
  }
  return { results, log: server.log, headers: server.headers };
}

describe('GithubPackages', () => {
  it('finds versions on any page, and lists them once for many', async () => {
    const names = [digests[205], digests[7], digests[229]] as Digest[];

    const { results, log, headers } = await deleting(
      { ...pages, [`DELETE ${BASE}/`]: reply(204) },
      names,
    );

    expect(results).toEqual([true, true, true]);
    expect(log).toEqual([
      page(1),
      page(2),
      page(3),
      `DELETE ${BASE}/205`,
      `DELETE ${BASE}/7`,
      `DELETE ${BASE}/229`,
    ]);
    expect(headers[0]?.authorization).toBe('Bearer secret');
  });

  it('deletes a manifest once, however many tags it has', async () => {
    const [tagged, untagged] = [digestOf('tagged'), digestOf('untagged')];
    const list = [aVersion(tagged, 1, ['latest', 'main-12', 'stable-1']), aVersion(untagged, 2)];
    const script = {
      [page(1)]: reply(200, JSON.stringify(list)),
      [`DELETE ${BASE}/`]: reply(204),
    };

    const { results, log } = await deleting(script, [tagged, untagged]);

    expect(results).toEqual([true, true]);
    expect(log.slice(1)).toEqual([`DELETE ${BASE}/1`, `DELETE ${BASE}/2`]);
  });

  it('asks for the packages of a user when there is no such organization', async () => {
    const users = BASE.replace('orgs', 'users');
    const script = {
      [`GET ${BASE}`]: reply(404, '{"message":"Not Found"}'),
      [`GET ${users}`]: reply(200, JSON.stringify([aVersion(digests[0] ?? '', 9)])),
      [`DELETE ${users}/9`]: reply(204),
    };

    const { results } = await deleting(script, digests.slice(0, 1));

    expect(results).toEqual([true]);
  });

  it('takes what is gone already for deleted', async () => {
    const { results } = await deleting(
      { ...pages, [`DELETE ${BASE}/`]: reply(404) },
      digests.slice(0, 1),
    );

    expect(results).toEqual([true]);
  });

  it('looks again for a version that is newer than the list', async () => {
    let looks = 0;
    const list: Answer = (_, response) => {
      looks += 1;
      response.end(JSON.stringify(digests.slice(0, looks).map(aVersion)));
    };

    const { results } = await deleting(
      { [page(1)]: list, [`DELETE ${BASE}/`]: reply(204) },
      digests.slice(0, 3),
    );

    expect([results, looks]).toEqual([[true, true, true], 3]);
  });

  it.each([
    ['a version that is not there', pages, {}],
    ['a package that is not there', { 'GET ': reply(404) }, {}],
    ['no token', {}, { GITHUB_TOKEN: '' }],
  ])('cannot delete with %s', async (_, script: Record<string, Answer>, env) => {
    const { results } = await deleting(script, [digestOf('unknown')], env);

    expect(results).toEqual([false]);
  });

  it.each([
    ['another registry', 'containers.anything.example', {}],
    ['another server', 'ghcr.io', { GITHUB_SERVER_URL: 'https://git.example' }],
  ])('tells the token to nobody for %s', async (_, host, env) => {
    const asked: URL[] = [];
    const packages = new GithubPackages({
      host,
      repository: 'owner/zfs',
      env: { GITHUB_TOKEN: 'secret', ...env },
      transport: ({ url }) => {
        asked.push(url);
        return Promise.reject(new Error('nothing was to be asked'));
      },
      now: () => NOW,
    });

    expect(await packages.delete(digestOf('version'))).toBe(false);
    expect(asked).toEqual([]);
  });

  it('says what GitHub has against it', async () => {
    const message = 'You must have admin permissions to delete a version';
    const refusal = reply(403, JSON.stringify({ message }));

    const { results } = await deleting(
      { ...pages, [`DELETE ${BASE}/`]: refusal },
      digests.slice(0, 1),
    );

    expect(results).toMatchObject([
      { code: 'not-allowed', message: expect.stringContaining(message) },
    ]);
  });

  it('waits when GitHub says for how long, after 403 as after 429', async () => {
    const limits = [reply(403, '', { 'retry-after': '0' }), reply(429, '', { 'retry-after': '0' })];
    const remove: Answer = (request, response) => (limits.shift() ?? reply(204))(request, response);

    const { results, log } = await deleting(
      { ...pages, [`DELETE ${BASE}/`]: remove },
      digests.slice(0, 1),
    );

    expect(results).toEqual([true]);
    expect(log.filter((line) => line.startsWith('DELETE'))).toHaveLength(3);
  });

  it('gives up when the limit of the hour is used up, and says until when', async () => {
    const reset = String(NOW.getTime() / 1000 + 1800);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };

    const { results, log } = await deleting(
      { 'GET ': reply(403, '{}', headers) },
      digests.slice(0, 1),
    );

    expect(results).toMatchObject([
      { code: 'registry', message: 'GitHub takes no more requests until 2026-11-20T10:30:00.000Z' },
    ]);
    expect(log).toHaveLength(1);
  });
});
