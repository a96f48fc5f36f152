import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Answer, reply, startScriptedServer } from '../../oci/testing/scripted-server.ts';
import { EngineClient } from './client.ts';
import { type EngineName, type EnginePlace } from './place.ts';

const TOKEN = 'glpat-s3cr3t-0123456789';
const SCHEMES = { github: 'Bearer', forgejo: 'token', gitlab: 'Bearer' } as const;
const engines = Object.keys(SCHEMES) as EngineName[];
const NOW = new Date('2026-01-02T03:04:05Z');
const item = z.looseObject({ id: z.number() });

async function aServer(engine: EngineName, script: Record<string, Answer>) {
  const server = await startScriptedServer(script);
  const place: EnginePlace = {
    engine,
    api: `http://${server.host}/api`,
    page: `http://${server.host}/you/images`,
    repository: 'you/images',
    token: TOKEN,
  };
  const options = { env: {}, now: () => NOW, retry: { pause: 1, longestPause: 50 } };
  const client = new EngineClient(place, options);
  return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe.each(engines)('EngineClient of %s', (engine) => {
  it('sends the token to its own origin with every page, and to no other', async () => {
    await using other = await startScriptedServer({ 'GET /log': reply(200, 'a log') });
    await using stranger = await startScriptedServer({});
    await using it = await aServer(engine, {
      'GET /api/items?page=2': reply(200, '[{"id":2}]'),
      'GET /api/items': reply(200, '[{"id":1}]', {
        link: `<http://${stranger.host}/api/items?page=2>; rel="next"`,
      }),
      'GET /api/log': reply(302, '', { location: `http://${other.host}/log` }),
    });

    const items = await Array.fromAsync(it.client.list('items', item));
    const { text } = await it.client.ask({ method: 'GET', path: 'log' });

    expect(items.map(({ id }) => id)).toEqual([1, 2]);
    expect(text).toBe('a log');
    expect(it.server.headers.map(({ authorization }) => authorization)).toEqual(
      Array(3).fill(`${SCHEMES[engine]} ${TOKEN}`),
    );
    expect(other.log).toEqual(['GET /log']);
    expect(JSON.stringify(other.headers)).not.toContain(TOKEN);
    expect(stranger.log).toEqual([]);
  });

  it.each([
    [401, 'not-allowed', /the token is not valid there/],
    [403, 'not-allowed', /permission actions=write|may not/],
    [404, 'not-found', /servers say the same of what a token may not see/],
    [405, 'unsupported', undefined],
    [409, 'conflict', undefined],
    [422, 'usage', undefined],
  ])('tells %i as %s, without the token', async (status, code, hint) => {
    const said = JSON.stringify({
      message: `no, ${TOKEN}`,
      errors: [{ field: 'ref', message: 'is wrong' }],
    });
    const headers = { 'x-accepted-github-permissions': 'actions=write' };
    await using it = await aServer(engine, { 'PUT /api/x': reply(status, said, headers) });

    const error = await it.client
      .ask({ method: 'PUT', path: 'x' })
      .catch((e: unknown) => e as Error & { hint?: string });

    expect(error).toMatchObject({ code, context: { status } });
    expect((error as Error).message).toContain('no, ***; ref is wrong');
    expect(JSON.stringify([error, (error as Error).stack])).not.toContain(TOKEN);
    if (hint) expect((error as { hint?: string }).hint).toMatch(hint);
    expect(it.server.log).toHaveLength(1);
  });

  it('repeats what a server could not do for a moment, but nothing that would be done twice', async () => {
    const once = (then: Answer): Answer => {
      let count = 0;
      return (...args) => (count++ === 0 ? reply(502)(...args) : then(...args));
    };
    await using it = await aServer(engine, {
      'GET /api/x': once(reply(200, '{"id":1}')),
      'POST /api/x': once(reply(201)),
    });

    await expect(it.client.get('x', item)).resolves.toEqual({ id: 1 });
    await expect(it.client.ask({ method: 'POST', path: 'x' })).rejects.toMatchObject({
      code: 'network',
    });
    expect(it.server.log).toEqual(['GET /api/x', 'GET /api/x', 'POST /api/x']);
  });

  it('waits for a short rate limit and tells a long one', async () => {
    let count = 0;
    await using it = await aServer(engine, {
      'POST /api/short': (...args) =>
        count++ === 0
          ? reply(429, '', { 'retry-after': '0' })(...args)
          : reply(201, '{"id":7}')(...args),
      'GET /api/long': reply(403, '{"message":"API rate limit exceeded"}', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(NOW.getTime() / 1000 + 600),
      }),
    });

    expect((await it.client.ask({ method: 'POST', path: 'short' })).json).toEqual({ id: 7 });
    await expect(it.client.get('long', item)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('until 2026-01-02T03:14:05Z'),
    });
  });

  it('refuses lists without an end and answers of another form', async () => {
    await using it = await aServer(engine, {
      'GET /api/round': reply(200, '[]', { link: '</api/round>; rel="next"' }),
      'GET /api/out': reply(200, '[]', { link: '</other>; rel="next"' }),
      'GET /api/form': reply(200, '{"runs":[{"id":"x"}]}'),
    });

    const read = (path: string, key?: string) => Array.fromAsync(it.client.list(path, item, key));
    await expect(read('round')).rejects.toMatchObject({
      message: expect.stringContaining('without an end'),
    });
    await expect(read('out')).rejects.toMatchObject({
      message: expect.stringContaining('outside'),
    });
    await expect(read('form', 'runs')).rejects.toMatchObject({
      code: 'invalid-content',
      message: expect.stringContaining('0.id'),
    });
  });
});
