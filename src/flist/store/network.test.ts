import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpTransport } from '../../oci/remote/transport.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { planGc, sweep } from '../gc.ts';
import { entriesOf } from '../manifest/entries.ts';
import { loadManifest } from '../manifest/load.ts';
import { packFolder } from '../pack/pack.ts';
import { startS3Server } from '../testing/s3-server.ts';
import { verifyFlist } from '../verify.ts';
import { storeAddress } from './address.ts';
import { meetStores } from './meet.ts';
import { openWebStore } from './network.ts';
import { parseRoute } from './route.ts';
import { openSweepable } from './sweep.ts';

const connection = { transport: httpTransport({ env: {} }), retry: { attempts: 2, pause: 1 } };
const ID = 'ab'.repeat(32);

async function aServer(listener: RequestListener): Promise<{ url: string } & Disposable> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/blocks`, [Symbol.dispose]: () => server.close() };
}

function webStore(url: string) {
  const address = storeAddress(url);
  if ('problem' in address) throw new Error(address.problem);
  return openWebStore(address, connection);
}

describe('a store behind HTTP', () => {
  it.each([404, 403])('looks for the flat name when the other answers %d', async (status) => {
    const asked: string[] = [];
    using server = await aServer(({ url = '' }, response) => {
      asked.push(url);
      response.writeHead(url === `/blocks/${ID}` ? 200 : status).end('stored');
    });

    const stored = await webStore(server.url).get(ID);

    expect(Buffer.from(stored ?? []).toString()).toBe('stored');
    expect(asked).toEqual([`/blocks/ab/${ID}`, `/blocks/${ID}`]);
  });

  it('learns from the block that is asked for first by which name others are kept', async () => {
    const asked: string[] = [];
    using server = await aServer(({ url = '', method = '' }, response) => {
      asked.push(`${method} ${url}`);
      response.writeHead(/^\/blocks\/[0-9a-f]{64}$/.test(url) ? 200 : 404).end('stored');
    });
    const store = webStore(server.url);
    const other = 'cd'.repeat(32);

    await meetStores([{ start: 0, end: 255, store }], [ID, other]);
    await store.get(other);

    expect(asked).toEqual([`HEAD /blocks/ab/${ID}`, `HEAD /blocks/${ID}`, `GET /blocks/${other}`]);
  });

  it('has nothing when both answer 404, and fails when both are refused', async () => {
    let status = 404;
    using server = await aServer((_, response) => response.writeHead(status).end());

    expect(await webStore(server.url).get(ID)).toBeUndefined();
    status = 403;
    await expect(webStore(server.url).get(ID)).rejects.toMatchObject({ code: 'registry' });
  });

  it('takes 403 for an object that is not there once it has given another', async () => {
    const there = 'cd'.repeat(32);
    using server = await aServer(({ url = '' }, response) => {
      response.writeHead(url.endsWith(there) ? 200 : 403).end('stored');
    });
    const store = webStore(server.url);

    await expect(store.get(ID)).rejects.toMatchObject({ code: 'registry' });
    await store.get(there);
    expect(await store.get(ID)).toBeUndefined();
  });

  it('tells of a block that a store does not have, to a key that may not list', async () => {
    await using work = await temporaryFolder();
    const [folder = '', store = ''] = ['tree', 'store'].map((name) => join(work.path, name));
    mkdirSync(folder);
    for (let at = 0; at < 40; at++) writeFileSync(join(folder, `file-${at}`), `content ${at}`);
    const manifest = join(work.path, 'tree.fl');
    const stores = [parseRoute(`dir://${store}`)];
    await packFolder({ folder, manifest, stores }, connection);
    const [lost] = entriesOf((await loadManifest(manifest)).manifest).flatMap(
      ({ blocks = [] }) => blocks,
    );
    const id = Buffer.from(lost?.id ?? []).toString('hex');
    using server = await aServer(({ url = '' }, response) => {
      const name = url.replace('/blocks/', '');
      const isThere = name.includes('/') && !name.endsWith(id);
      response.writeHead(isThere ? 200 : 403);
      response.end(isThere ? readFileSync(join(store, name)) : '');
    });

    const report = await verifyFlist(manifest, { ...connection, routes: [parseRoute(server.url)] });

    expect(report).toMatchObject({ verdict: 'fail', findings: [{ rule: 'block-missing' }] });
  });

  it('refuses an object that is larger than a block can be', async () => {
    using server = await aServer((_, response) =>
      response.writeHead(200).end(Buffer.alloc(1 << 20)),
    );

    await expect(webStore(server.url).get(ID)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('a bucket', () => {
  it.each(['', '/zos', '/a%20b'])('takes blocks in %j, gives, lists and loses them', async (at) => {
    await using server = await startS3Server();
    const url = server.url.replace('?', `${at}?`);
    await using work = await temporaryFolder();
    const folder = join(work.path, 'tree');
    mkdirSync(folder);
    for (let at = 0; at < 5; at++) writeFileSync(join(folder, `file-${at}`), `content ${at}`);
    const manifest = join(work.path, 'tree.fl');
    const stores = [parseRoute(url)];

    const { stored } = await packFolder({ folder, manifest, stores }, connection);
    const report = await verifyFlist(manifest, { ...connection, routes: stores });
    const store = openSweepable(url, connection);
    const tomorrow = new Date(Date.now() + 2 * 24 * 3600 * 1000);
    const kept = planGc(await store.list(), [await loadManifest(manifest)], tomorrow);
    const none = planGc(await store.list(), [], tomorrow);
    await sweep(store, none);

    expect(stored).toBe(5);
    expect(report).toMatchObject({ verdict: 'pass', blocks: 5, checked: 5 });
    expect(kept).toEqual({ keep: 5, remove: [] });
    expect(none.remove).toHaveLength(5);
    expect(await store.list()).toEqual([]);
  });

  it('leaves no password in the manifest, and the block is out of reach without it', async () => {
    await using server = await startS3Server();
    await using work = await temporaryFolder();
    const folder = join(work.path, 'tree');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), 'content');
    const manifest = join(work.path, 'tree.fl');

    const packed = await packFolder(
      { folder, manifest, stores: [parseRoute(server.url)] },
      connection,
    );

    expect(packed.manifest.routes.map(({ url }) => url)).toEqual([
      `s3://S3RVER@${server.address}/blobs?region=garage`,
    ]);
  });
});
