import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connection } from '../testing/flist.ts';
import { openStores } from './open.ts';
import { parseRoute } from './route.ts';

const [THERE, ABSENT, GHOST] = ['1a', '2b', '3c'].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
];

/** A bucket that holds one block, lists what it is told to, and remembers what it was asked. */
async function aBucket(list: { status?: number; keys?: string[]; inside?: string }) {
  const { status = 200, keys = [], inside = '<IsTruncated>false</IsTruncated>' } = list;
  const modified = '<LastModified>2026-11-27T11:41:07.084Z</LastModified>';
  const contents = keys.map((key) => `<Contents><Key>zos/${key}</Key>${modified}</Contents>`);
  const asked: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    const isList = url.includes('list-type');
    asked.push(isList ? 'list' : `${method} ${url.slice('/blobs/zos/'.length).slice(0, 2)}`);
    if (isList) {
      const page = `<ListBucketResult>${inside}${contents.join('')}</ListBucketResult>`;
      response.writeHead(status).end(page);
    } else response.writeHead(url.endsWith(THERE) ? 200 : 404, { 'content-length': 5 }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const route = parseRoute(`s3://user:password@127.0.0.1:${port}/blobs/zos?region=garage`);
  const open = (expected?: number) => {
    const [routed] = openStores([route], { ...connection, ...(expected && { expected }) });
    if (!routed) throw new Error('no store');
    return routed.store;
  };
  return { asked, open, [Symbol.dispose]: () => void server.close() };
}

async function held(store: { has(id: string, size?: number): Promise<boolean> }) {
  const found = [];
  for (const id of [THERE, ABSENT, GHOST]) found.push(await store.has(id, 5));
  return found;
}

const ALL = ['HEAD 1a', 'HEAD 2b', 'HEAD 3c'];

describe('a bucket that many blocks go to', () => {
  it('is listed once, and asked for what is listed: some list what they do not hold', async () => {
    using bucket = await aBucket({ keys: [THERE, GHOST, 'manifests/a.fl'] });

    expect(await held(bucket.open(1000))).toEqual([true, false, false]);
    expect(bucket.asked).toEqual(['list', 'HEAD 1a', 'HEAD 3c']);
  });

  it.each([
    ['refuses to be listed', { status: 403 }],
    ['tells a list that is cut', { inside: '<IsTruncated>true</IsTruncated>' }],
  ])('is asked for each block when it %s', async (_, list) => {
    using bucket = await aBucket(list);

    expect(await held(bucket.open(1000))).toEqual([true, false, false]);
    expect(bucket.asked).toEqual(['list', ...ALL]);
  });

  it('is asked for each block when its first page shows that it holds far more', async () => {
    const next = '<NextContinuationToken>more</NextContinuationToken>';
    const inside = `<IsTruncated>true</IsTruncated>${next}`;
    using bucket = await aBucket({ keys: [`00${THERE.slice(2)}`], inside });

    expect(await held(bucket.open(1000))).toEqual([true, false, false]);
    expect(bucket.asked).toEqual(['list', ...ALL]);
  });

  it('is not listed for a few', async () => {
    using bucket = await aBucket({});

    expect(await held(bucket.open())).toEqual([true, false, false]);
    expect(bucket.asked).toEqual(ALL);
  });
});
