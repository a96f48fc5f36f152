import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf } from '../src/flist/manifest/blocks.ts';
import { entriesOf } from '../src/flist/manifest/entries.ts';
import { loadManifest } from '../src/flist/manifest/load.ts';
import { requireReadOnly } from '../src/flist/store/read-only.ts';
import { parseRoute } from '../src/flist/store/route.ts';
import { connection } from '../src/flist/testing/flist.ts';
import { type Radosgw, startRadosgw, USERS } from '../src/flist/testing/radosgw.ts';
import { verifyFlist } from '../src/flist/verify.ts';
import { fetchKernel, type RealKernel } from '../src/gate/abi/testing/real-kernel.ts';
import { run, runOk } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../bin/lockstep');

/** The server runs in a root of its own, which takes root's rights. */
const isRoot = process.getuid?.() === 0;

let work: TemporaryFolder;
let server: Radosgw;
let kernel: RealKernel;

beforeAll(async () => {
  if (!isRoot) return;
  work = await temporaryFolder();
  server = await startRadosgw();
  kernel = await fetchKernel(work.path, 'linux-image-cloud-amd64');
  mkdirSync(join(kernel.root, 'lib/firmware'));
  writeFileSync(join(kernel.root, 'lib/firmware/regulatory.db'), 'a database of rules');
  await runOk('depmod', ['-b', kernel.root, kernel.release]);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await work?.[Symbol.asyncDispose]();
});

/** An rfs.conf as a Zero-OS builder keeps it. */
function conf(change: Record<string, string> = {}): string {
  const values = {
    S3_ENDPOINT: `http://127.0.0.1:${server.port}`,
    S3_REGION: 'garage',
    S3_BUCKET: server.bucket,
    S3_PREFIX: 'zos',
    S3_ACCESS_KEY: USERS.write.user,
    S3_SECRET_KEY: USERS.write.password,
    READ_ACCESS_KEY: USERS.read.user,
    READ_SECRET_KEY: USERS.read.password,
    ROUTE_PATH: `/${server.bucket}/zos`,
    MANIFESTS_SUBPATH: 'manifests',
    UPLOAD_MANIFESTS: 'true',
    FIRMWARE_TAG: '20261126',
    ...change,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}="${value}"`);
  writeFileSync(join(work.path, 'rfs.conf'), `${lines.join('\n')}\n`);
  return 'rfs.conf';
}

const publish = (file: string) =>
  run(LOCKSTEP, ['flist', 'publish', kernel.root, '-C', work.path, '--conf', file, '--json']);

function ask(user: keyof typeof USERS, path: string, method = 'GET', body?: string) {
  const { user: accessKeyId, password: secretAccessKey } = USERS[user];
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'garage' });
  const url = `http://127.0.0.1:${server.port}/${server.bucket}${path}`;
  return client.fetch(url, { method, ...(body != null && { body }) });
}

describe.runIf(isRoot)('flists in radosgw', () => {
  it('lets the key that machines have get objects and do no more', async () => {
    await ask('write', '/there', 'PUT', 'content');

    const got = await ask('read', '/there');
    expect(await got.text()).toBe('content');
    expect((await ask('read', '/there', 'PUT', 'other')).status).toBe(403);
    expect((await ask('read', '/there', 'DELETE')).status).toBe(403);
    expect((await ask('read', '?list-type=2')).status).toBe(403);
    expect((await ask('read', '/not-there')).status).toBe(403);
    expect((await ask('write', '/not-there')).status).toBe(404);
  });

  it('are published with one key and verified with the other', async () => {
    const modules = `modules-${kernel.release}`;

    const { status, stdout, stderr } = await publish(conf());

    expect(stderr).not.toContain(USERS.write.password);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      flists: [{ manifest: 'dist/flists/firmware-20261126.fl' }, { kernel: kernel.release }],
      written: expect.arrayContaining([`${modules}-latest.fl`, 'firmware-latest.fl']),
    });
    const file = join(work.path, `dist/flists/${modules}.fl`);
    const fetched = await ask('read', `/zos/manifests/${modules}.fl`);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(readFileSync(file))).toBe(true);
    const verified = await run(LOCKSTEP, ['flist', 'verify', file, '--json']);
    expect(verified.status).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'pass' });
  });

  it('send nothing that is there, and find what was lost', async () => {
    const again = await publish(conf());
    expect(JSON.parse(again.stdout).flists.map(({ stored }: { stored: number }) => stored)).toEqual(
      [0, 0],
    );
    const file = join(work.path, `dist/flists/modules-${kernel.release}.fl`);
    const { manifest } = await loadManifest(file);
    const [block] = entriesOf(manifest).flatMap(({ blocks = [] }) => blocks);
    await ask('write', `/zos/${hexOf(block?.id ?? Buffer.alloc(0))}`, 'DELETE');

    const byReader = await verifyFlist(file, connection);
    const byWriter = await verifyFlist(file, {
      ...connection,
      routes: [parseRoute(server.url('write', '/zos'))],
    });
    const mended = await publish(conf());

    for (const { verdict, findings } of [byReader, byWriter]) {
      expect(verdict).toBe('fail');
      expect(findings).toContainEqual(expect.objectContaining({ rule: 'block-missing' }));
    }
    expect(mended.status).toBe(0);
    expect(await verifyFlist(file, connection)).toMatchObject({ verdict: 'pass' });
  });

  it('are not published when the key that machines get can write', async () => {
    const { user, password } = USERS.write;
    const other = encodeURIComponent(password);
    const route = (keys: string) =>
      parseRoute(`s3://${keys}@127.0.0.1:${server.port}/${server.bucket}/zos`);

    await expect(requireReadOnly([route(`${user}:${other}`)], connection)).rejects.toMatchObject({
      code: 'config',
    });
    const { status, stderr } = await publish(
      conf({ READ_ACCESS_KEY: user, READ_SECRET_KEY: password }),
    );
    expect(status).toBe(2);
    expect(stderr).toContain('READ_ACCESS_KEY is the key that writes');
  });

  it('end with status 3 when nobody answers, without a secret in what is said', async () => {
    const file = join(work.path, `dist/flists/modules-${kernel.release}.fl`);
    await server.stop();

    const { status, stderr } = await run(LOCKSTEP, ['flist', 'verify', file, '--sample', '3']);
    await server.start();

    expect(status).toBe(3);
    expect(stderr).toContain('route-unreachable');
    expect(stderr).not.toContain(USERS.read.password);
    expect(await verifyFlist(file, { ...connection, sample: 20 })).toMatchObject({
      verdict: 'pass',
      checked: 20,
    });
  });
});
