import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { readAll, streamOf } from '../content.ts';
import { copy } from '../copy.ts';
import { documentOf, type ImageIndex, readManifest } from '../manifest.ts';
import { OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { openRepository } from '../open/open.ts';
import {
  type Answer,
  endless,
  reply,
  type ScriptedServer,
  startScriptedServer,
} from '../testing/scripted-server.ts';

const options = { env: {}, cwd: '/', deadline: 15_000 };
const layer = { mediaType: OCI_LAYER, digest: digestOf('content'), size: 7 };
const manifest = { mediaType: OCI_MANIFEST, digest: digestOf('manifest'), size: 8 };
const open = (server: ScriptedServer) => openRepository(`${server.host}/r`, options);

/** Sends whoever has no token to the token server, which is this server. */
const demandToken: Answer = (request, response) => {
  const realm = `http://${request.headers.host}/token`;
  response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
};

async function refusalOf(
  script: Record<string, Answer>,
  act: (repository: ReturnType<typeof open>) => Promise<unknown>,
) {
  await using server = await startScriptedServer(script);
  const before = process.memoryUsage.rss();
  const error = await act(open(server)).then(
    () => 'it was accepted',
    (cause: unknown) => cause,
  );
  expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
  return error;
}

describe('openRemote at a hostile registry', () => {
  it.each([
    ['a manifest without an end', { 'GET /v2/r/manifests': endless() }, 'limit-exceeded'],
    [
      'a manifest of 100 MB',
      { 'GET /v2/r/manifests': endless(200, { 'content-length': '100000000' }) },
      'limit-exceeded',
    ],
    ['another manifest', { 'GET /v2/r/manifests': reply(200, '{}') }, 'digest-mismatch'],
    [
      'another size of it',
      { 'HEAD /v2/r/manifests': reply(200), 'GET /v2/r/manifests': reply(200, 'manifest') },
      'invalid-content',
    ],
  ])('refuses %s', async (_, script: Record<string, Answer>, code) => {
    const error = await refusalOf(script, (repository) => readManifest(repository, manifest));

    expect(error).toMatchObject({ code });
  });

  it.each([
    ['a blob without an end', endless(), 'digest-mismatch'],
    ['other bytes', reply(200, 'CONTENT'), 'digest-mismatch'],
    ['too many bytes', reply(200, 'contents'), 'digest-mismatch'],
    ['too few bytes', reply(200, 'conten', { 'content-length': '6' }), 'digest-mismatch'],
  ])('refuses %s', async (_, answer, code) => {
    const error = await refusalOf({ 'GET /v2/r/blobs': answer }, (repository) =>
      readAll(repository.read(layer), 1e9, 'blob'),
    );

    expect(error).toMatchObject({ code });
  });

  it('refuses more bytes than the range that was asked for', async () => {
    const range = { 'content-range': 'bytes 1-3/7' };
    const error = await refusalOf({ 'GET /v2/r/blobs': endless(206, range) }, (repository) =>
      readAll(repository.read(layer, { start: 1, end: 4 }), 1e9, 'blob'),
    );

    expect(error).toMatchObject({ code: 'digest-mismatch' });
  });

  it('takes a whole blob in place of a range', async () => {
    await using server = await startScriptedServer({ 'GET /v2/r/blobs': reply(200, 'content') });

    const bytes = await readAll(open(server).read(layer, { start: 2, end: 5 }), 10, 'blob');
    expect(String(bytes)).toBe('nte');
  });

  it.each([
    ['tags without an end', { 'GET /v2/r/tags': endless() }, 'limit-exceeded'],
    [
      'pages that go in circles',
      {
        'GET /v2/r/tags': reply(200, '{"tags":["a"]}', {
          link: '</v2/r/tags/list?n=1000>; rel="next"',
        }),
      },
      'registry',
    ],
    ['tags that are no tags', { 'GET /v2/r/tags': reply(200, '{"tags":7}') }, 'invalid-content'],
    [
      'redirects in circles',
      { 'GET /v2/r/tags': reply(307, '', { location: '/v2/r/tags/list' }) },
      'registry',
    ],
    [
      'a token without an end',
      { 'GET /v2/r/tags': demandToken, 'GET /token': endless() },
      'limit-exceeded',
    ],
  ])('refuses %s', async (_, script: Record<string, Answer>, code) => {
    const error = await refusalOf(script, (repository) => repository.tags());

    expect(error).toMatchObject({ code });
  });

  it.each([
    ['/v2/r/tags/list?last=ours', '>; rel="next"'],
    ['?last=ours', '>;title="a, b" ; REL=Next'],
    ['http://ELSEWHERE/v2/r/tags/list?last=ours', '>; rel="next"'],
    ['https://registry.internal:5000/v2/r/tags/list?last=ours', '>; rel="last next"'],
    ['/v2/r/tags/list?last=ours', '>; rel="next", </v2/r/tags/list>; rel=first'],
  ])('follows <%s%s where it was asked, and nowhere else', async (target, rest) => {
    await using elsewhere = await startScriptedServer({ GET: reply(200, '{"tags":["theirs"]}') });
    const link = `<${target.replace('ELSEWHERE', elsewhere.host)}${rest}`;
    await using server = await startScriptedServer({
      'GET /v2/r/tags/list?last=ours': reply(200, '{"tags":["more"]}'),
      'GET /v2/r/tags/list?n=1000&last': reply(200, '{"tags":null}'),
      'GET /v2/r/tags': reply(200, '{"tags":["ours"]}', { link }),
    });

    expect(await open(server).tags()).toEqual(['more', 'ours']);
    expect(elsewhere.log).toEqual([]);
  });

  it('takes no host out of the path of a link', async () => {
    await using elsewhere = await startScriptedServer({ GET: reply(200, '{"tags":["theirs"]}') });
    const link = `<http://x//${elsewhere.host}/v2/r/tags/list>; rel="next"`;
    const script = {
      'GET //': reply(404),
      'GET /v2/r/tags': reply(200, '{"tags":["ours"]}', { link }),
    };

    expect(await refusalOf(script, (repository) => repository.tags())).toMatchObject({
      code: 'registry',
    });
    expect(elsewhere.log).toEqual([]);
  });

  it.each([
    ['its second page is missing', '</v2/r/tags/list?last=a>; rel="next"', 404],
    ['its second page is forbidden', '</v2/r/tags/list?last=a>; rel="next"', 403],
    ['its second page cannot be read', '<http://[>; rel="next"', 200],
    ['its second page has no brackets', '/v2/r/tags/list?last=a; rel="next"', 200],
  ])('gives no part of a list when %s', async (_, link, status) => {
    const script = {
      'GET /v2/r/tags/list?last=a': reply(status, '{"tags":["b"]}'),
      'GET /v2/r/tags': reply(200, '{"tags":["a"]}', { link }),
    };

    const error = await refusalOf(script, (repository) => repository.tags());

    expect(error).toMatchObject({ code: status === 403 ? 'not-allowed' : 'registry' });
  });

  it('goes on after the last tag when nobody names a next page', async () => {
    await using server = await startScriptedServer({
      'GET /v2/r/tags/list?n=1000&last=b': reply(200, '{"tags":["c"]}'),
      'GET /v2/r/tags/list?n=1000&last=c': reply(404),
      'GET /v2/r/tags': reply(200, '{"tags":["a","b"]}'),
    });

    expect(await open(server).tags()).toEqual(['a', 'b', 'c']);
  });

  it('does not take the no of another host for an answer', async () => {
    await using elsewhere = await startScriptedServer({ '': reply(404) });
    const location = `http://${elsewhere.host}/gone`;
    await using server = await startScriptedServer({ '': reply(307, '', { location }) });
    const repository = openRepository(`${server.host}/r`, { ...options, deadline: 300 });

    await expect(repository.resolve('latest')).rejects.toMatchObject({ code: 'timeout' });
    await expect(repository.tags()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('takes what is thousands of manifests deep or wide for what it is', async () => {
    const from = memoryRepository();
    let child = documentOf<ImageIndex>({ mediaType: OCI_INDEX, manifests: [] });
    for (let depth = 0; depth < 12; depth += 1) {
      await from.write(child.descriptor, streamOf(child.bytes));
      child = documentOf({ mediaType: OCI_INDEX, manifests: [child.descriptor] });
    }
    const [deepest] = (await from.manifests()).toReversed();

    await expect(copy(from, memoryRepository(), deepest?.digest ?? '')).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('sends a login to the registry that it is for and to no other host', async () => {
    await using elsewhere = await startScriptedServer({ GET: reply(200, 'content') });
    await using server = await startScriptedServer({
      'GET /v2/r/blobs': (request, response) => {
        if (request.headers.authorization == null) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
        } else response.writeHead(307, { location: `http://${elsewhere.host}/blob` }).end();
      },
    });
    await using folder = await temporaryFolder();
    const path = `${folder.path}/auth.json`;
    const auth = Buffer.from('ann:secret').toString('base64');
    await writeFile(path, JSON.stringify({ auths: { [server.host]: { auth } } }));
    const env = { REGISTRY_AUTH_FILE: path };

    await readAll(openRepository(`${server.host}/r`, { ...options, env }).read(layer), 10, 'blob');

    expect(server.headers.at(-1)?.authorization).toBe(`Basic ${auth}`);
    expect(elsewhere.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});
