import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Answer, startScriptedServer } from '../../oci/testing/scripted-server.ts';
import type { StreamStatus } from '../../release/status/status.ts';
import { runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { EngineClient } from '../engine/client.ts';
import { openService, serviceOf } from './service.ts';
import { secondsOf, tend } from './tend.ts';

const lagging: StreamStatus = {
  stream: 'nas',
  state: 'behind',
  upstreamKernel: '6.2',
  stableKernels: ['6.1'],
  modules: {},
  lag: { kernels: ['6.2'], since: '2026-11-20T07:30:00Z', seconds: 500_000 },
};
const current: StreamStatus = { ...lagging, state: 'current', lag: undefined };
const MARK = '<!-- lockstep: lag of nas by nothing -->';

const now = () => new Date();

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));

/** Page after page of a list, each of which names the next. */
const pages =
  (...lists: unknown[][]): Answer =>
  ({ url = '', headers }, response) => {
    const page = Number(/[?&]page=(\d+)/.exec(url)?.[1] ?? 1);
    const next = `<http://${headers.host}${url.replace(/&page=\d+/, '')}&page=${page + 1}>; rel="next"`;
    response.writeHead(200, page < lists.length ? { link: next } : {});
    response.end(JSON.stringify(lists[page - 1] ?? []));
  };

function kept(sent: unknown[]): Answer {
  return (request: IncomingMessage, response: ServerResponse) =>
    void text(request).then((body) => {
      sent.push(JSON.parse(body));
      response.writeHead(201).end('{}');
    });
}

function service(host: string, engine: 'github' | 'gitlab' = 'github') {
  const env = { GITHUB_WORKFLOW_REF: 'me/nas/.github/workflows/build.yml@refs/heads/main' };
  const place = {
    engine,
    api: `http://${host}/api`,
    page: `http://${host}/me/nas`,
    repository: 'me/nas',
    token: 'secret',
  };
  const found = serviceOf(new EngineClient(place, { env, now, retry: { pause: 1 } }), env);
  if (!found) throw new Error('no service');
  return found;
}

const OPTIONS = { statuses: [lagging], after: secondsOf('3d'), keepAlive: false };

describe(tend, () => {
  it('opens an issue when none of all pages is of this stream and cause', async () => {
    const sent: unknown[] = [];
    const full = Array.from({ length: 30 }, (_, at) => ({ number: at, title: 'x', body: null }));
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/issues': pages(full, full, [{ number: 99, title: 'y' }]),
      'POST /api/repos/me/nas/issues': kept(sent),
    });

    const { done, notes } = await tend(service(server.host), OPTIONS);

    expect(notes).toEqual([]);
    expect(done).toMatchObject([{ action: 'open' }]);
    expect(sent).toMatchObject([
      { title: expect.stringContaining('nas'), body: expect.stringContaining(MARK) },
    ]);
    expect(server.log).toHaveLength(4);
    expect(server.headers[0]?.authorization).toBe('Bearer secret');
  });

  it('finds its issue on a later page and closes it when stable has caught up', async () => {
    const sent: unknown[] = [];
    const full = Array.from({ length: 30 }, (_, at) => ({ number: at, title: 'x', body: '' }));
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/issues': pages(full, [{ number: 99, title: 'y', body: MARK }]),
      'PATCH /api/repos/me/nas/issues/99': kept(sent),
    });

    await tend(service(server.host), { ...OPTIONS, statuses: [current] });

    expect(sent).toEqual([{ state: 'closed' }]);
  });

  it('asks nothing for a run that looked at nothing', async () => {
    await using server = await startScriptedServer({});

    await tend(service(server.host), { ...OPTIONS, statuses: [] });

    expect(server.log).toEqual([]);
  });

  it.each([
    ['401', json(401, { message: 'Bad credentials' }), /401.*Bad credentials/],
    ['403', json(403, { message: 'Resource not accessible by integration' }), /not accessible/],
    [
      'a limit',
      json(
        403,
        { message: 'x' },
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' },
      ),
      /takes no more requests until/,
    ],
    ['422', json(422, { message: 'Validation Failed' }), /422.*Validation Failed/],
    ['no list', json(200, { message: 'x' }), /answers otherwise than known/],
  ])('says so and goes on when the list is answered with %s', async (_, answer, note) => {
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/issues': answer,
      'PUT /api/repos/me/nas/actions/workflows/build.yml/enable': (__, response) =>
        void response.writeHead(204).end(),
      'GET /api/repos/me/nas/actions/workflows': json(200, { workflows: [] }),
    });

    const { done, notes } = await tend(service(server.host), { ...OPTIONS, keepAlive: true });

    expect(done).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(note)]);
    expect(notes.join()).not.toContain('secret');
    expect(server.log.at(-2)).toMatch(/enable$/);
  });

  it('keeps the schedules on that are made, and leaves off what people switched off', async () => {
    const workflow = (id: number, name: string, state = 'active') => ({
      id,
      path: `.github/workflows/${name}.yml`,
      state,
    });
    const others = [
      workflow(1, 'build'),
      workflow(2, 'pages'),
      workflow(3, 'cleanup-images', 'disabled_manually'),
      workflow(4, 'theirs'),
    ];
    const answered: Answer = (_, response) => void response.writeHead(204).end();
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/actions/workflows': json(200, { workflows: others }),
      'PUT /api/repos/me/nas/actions/workflows/': answered,
    });

    await tend(service(server.host), { ...OPTIONS, statuses: [], keepAlive: true });

    const enabled = server.log.filter((line) => line.startsWith('PUT'));
    expect(enabled.map((line) => /workflows\/(.*)\/enable/.exec(line)?.[1])).toEqual([
      'build.yml',
      '2',
    ]);
  });

  it('opens nothing twice: a failing server is not asked again to open', async () => {
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/issues': pages([]),
      'POST /api/repos/me/nas/issues': json(502, {}),
    });

    const { notes } = await tend(service(server.host), OPTIONS);

    expect(notes).toHaveLength(1);
    expect(server.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('waits for a limit that ends soon', async () => {
    let asked = 0;
    await using server = await startScriptedServer({
      'GET /api/repos/me/nas/issues': (request, response) =>
        asked++ === 0
          ? json(429, { message: 'slow' }, { 'retry-after': '0' })(request, response)
          : pages([])(request, response),
      'POST /api/repos/me/nas/issues': kept([]),
    });

    expect((await tend(service(server.host), OPTIONS)).done).toHaveLength(1);
  });

  it('speaks to GitLab in its own words', async () => {
    const sent: unknown[] = [];
    await using server = await startScriptedServer({
      'GET /api/projects/me%2Fnas/issues?state=opened': pages([
        { iid: 4, title: 'y', description: MARK },
      ]),
      'PUT /api/projects/me%2Fnas/issues/4': kept(sent),
    });

    await tend(service(server.host, 'gitlab'), {
      ...OPTIONS,
      statuses: [current],
      keepAlive: true,
    });

    expect(sent).toEqual([{ state_event: 'close' }]);
    expect(JSON.stringify(server.headers[0])).toContain('secret');
  });
});

describe(openService, () => {
  it('is none without a token, and none outside of a repository', async () => {
    await using folder = await temporaryFolder();
    expect(await openService('github', folder.path, { env: process.env, now })).toBeUndefined();

    await runOk('git', ['init', '-q', folder.path]);
    const remote = ['remote', 'add', 'origin', 'https://github.com/me/nas.git'];
    await runOk('git', ['-C', folder.path, ...remote]);
    const env = { ...process.env, GITHUB_TOKEN: undefined, GH_TOKEN: undefined };
    expect(await openService('github', folder.path, { env, now })).toBeUndefined();
    const withToken = { ...env, GITHUB_TOKEN: 'x', GITHUB_SERVER_URL: undefined };
    expect(await openService('github', folder.path, { env: withToken, now })).toBeDefined();
  });
});
