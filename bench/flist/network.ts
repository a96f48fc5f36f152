import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { hexOf } from '../../src/flist/manifest/blocks.ts';
import { entriesOf } from '../../src/flist/manifest/entries.ts';
import { loadManifest } from '../../src/flist/manifest/load.ts';
import { type Radosgw, startRadosgw, USERS } from '../../src/flist/testing/radosgw.ts';
import { startSlowLink } from '../measure/slow-link.ts';
import { secondsToPut } from './bare-client.ts';
import { flistMount, type Lab, lockstep, measured, remove, say, whileMounted } from './lab.ts';

const ROUND_TRIP = 50;
const SMALL_FILES = 30_000;

/** What stores behind a network cost: the first byte, many small blocks, and all of them read again. */
export async function measureNetwork(lab: Lab): Promise<void> {
  await measureFirstByte(lab);
  await using radosgw = await startRadosgw({ inMemory: true });
  await measureVerify(lab, radosgw);
  await measureSmall(lab, radosgw);
}

async function measureFirstByte(lab: Lab): Promise<void> {
  const { at } = lab;
  const server = createServer(({ url = '', method }, response) => {
    const content = contentAt(join(at('store'), url));
    response.writeHead(content ? 200 : 404, { 'content-length': content?.length ?? 0 });
    response.end(method === 'HEAD' ? undefined : content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  using link = await startSlowLink(port, ROUND_TRIP);
  await remove(lab, 'web.fl');
  await lockstep('patch-stores', at('m.fl'), `http://127.0.0.1:${link.port}`, '-o', at('web.fl'));
  const flist = flistMount(lab, 'web.fl');
  const times: number[] = [];
  for (let round = 0; round < lab.rounds; round++) {
    await remove(lab, 'cache');
    const read = () => millisecondsToFirstByte(join(flist.target, 'modules.order'));
    times.push((await whileMounted(flist, read)).result);
  }
  server.closeAllConnections();
  server.close();
  say(
    `first byte over HTTP with round trips of ${ROUND_TRIP} ms, ms`,
    times,
    `at most ${ROUND_TRIP + 20}`,
  );
}

function contentAt(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

async function millisecondsToFirstByte(path: string): Promise<number> {
  const start = performance.now();
  const file = await open(path);
  await file.read(Buffer.alloc(1), 0, 1, 0);
  const time = performance.now() - start;
  await file.close();
  return time;
}

/**
 * Beside curl, which fetches the same objects with the same key and looks at none of them. Of a
 * radosgw as it comes (tcp_nodelay=0) both wait: it holds the body back until its head is acknowledged.
 */
async function measureVerify(lab: Lab, radosgw: Radosgw): Promise<void> {
  const { at, modules } = lab;
  await lockstep('pack', '-m', at('s3.fl'), '-s', radosgw.url('write', '/modules'), modules);
  await lockstep('patch-stores', at('s3.fl'), radosgw.url('read', '/modules'), '-o', at('read.fl'));
  const { manifest } = await loadManifest(at('read.fl'));
  const ids = new Set(
    entriesOf(manifest).flatMap(({ blocks = [] }) => blocks.map(({ id }) => hexOf(id))),
  );
  const place = `http://127.0.0.1:${radosgw.port}/${radosgw.bucket}/modules`;
  const urls = [...ids].flatMap((id) => [`url = "${place}/${id}"`, 'output = "/dev/null"']);
  await writeFile(at('urls'), `${urls.join('\n')}\n`);
  const { user, password } = USERS.read;
  const key = ['--aws-sigv4', 'aws:amz:garage:s3', '--user', `${user}:${password}`];
  const header = ['-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD'];
  const parallel = ['-fsS', '--parallel', '--parallel-max', '16', '-K', at('urls')];
  const ratios: number[] = [];
  for (let round = 0; round < lab.rounds; round++) {
    const fetch = await measured('curl', ...parallel, ...key, ...header);
    const verify = await lockstep('verify', at('read.fl'));
    ratios.push(fetch.seconds / verify.seconds);
  }
  say('verify through radosgw, of the speed of curl fetching 16 at a time', ratios, '0.8');
}

async function measureSmall(lab: Lab, radosgw: Radosgw): Promise<void> {
  const { at } = lab;
  await makeSmallFiles(at('small'));
  const pack = (store: string) => lockstep('pack', '-m', at('small.fl'), '-s', store, at('small'));
  await pack(`dir://${at('small-store')}`);
  await remove(lab, 'small.fl');
  const bare = await secondsToPut(at('small-store'), { radosgw, folder: 'bare' });
  const { seconds, peak: packing } = await pack(radosgw.url('write', '/small'));
  say(`pack of ${SMALL_FILES} small files to radosgw, s`, [seconds], 'at most 60');
  say('  of the time of a client that puts the same blocks and asks for none', [seconds / bare]);
  say('  its MB of memory', [packing / 1e6], 'at most 250');
  await remove(lab, 'cache');
  const flist = flistMount(lab, 'small.fl');
  const { result, peak } = await whileMounted(flist, () => measured('find', flist.target));
  say('  find on its mount, s', [result.seconds], 'at most 3');
  say('  MB of memory of the mount', [peak / 1e6], 'at most 250');
}

async function makeSmallFiles(folder: string): Promise<void> {
  for (let at = 0; at < SMALL_FILES; at++) {
    const inside = join(folder, `folder-${Math.floor(at / 100)}`);
    if (at % 100 === 0) await mkdir(inside, { recursive: true });
    await writeFile(join(inside, `file-${at}`), `file ${at}\n`.repeat(1 + (at % 100)));
  }
  if ((await readdir(folder)).length !== SMALL_FILES / 100) throw new Error('files are missing');
}
