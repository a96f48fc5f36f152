import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { freePort } from '../../oci/testing/docker-registry.ts';
import { keptRoot } from '../../stream/debian/testing/kept-root.ts';
import { lastLines, runOk, startGuarded } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import type { TestBucket } from './bucket.ts';

/** The two keys that an rfs.conf has. */
export const USERS = {
  write: { user: 'WRITEKEY', password: 'write/secret+1' },
  read: { user: 'READKEY', password: 'read/secret+2' },
} as const;

/** Ceph's S3 server on loopback with one bucket, which `read` may only get objects of. */
export interface Radosgw extends TestBucket, AsyncDisposable {
  port: number;
  bucket: string;
  /** `s3://` with the keys of a user; `path`: below the bucket; `host`: as somebody else sees it. */
  url(user: keyof typeof USERS, path?: string, host?: string): string;
  /** Ends the server; its objects stay until the scope ends. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const BUCKET = 'blobs';

/**
 * Takes root: the server runs in a root of Debian 13, which the first caller makes. `inMemory`: it
 * keeps its objects there instead of on a disk.
 */
export async function startRadosgw({ inMemory = false } = {}): Promise<Radosgw> {
  const root = await keptRoot({ suite: 'trixie', packages: ['radosgw'] });
  await mkdir(join(root, 'srv'), { recursive: true });
  await using started = new AsyncDisposableStack();
  const data = started.use(await temporaryFolder(join(root, 'srv')));
  if (inMemory) started.use(await memoryAt(data.path));
  const place = { root, data: data.path.slice(root.length), port: await freePort() };
  await layUsers(place);
  const server = serverIn(place);
  started.defer(server.stop);
  await server.start();
  await makeBucket(place.port);
  const running = started.move();
  const host = `127.0.0.1:${place.port}`;
  return {
    port: place.port,
    bucket: BUCKET,
    host,
    write: (at = host) => `s3://${keysIn('write')}@${at}/${BUCKET}`,
    read: (at = host) => `s3://${keysIn('read')}@${at}/${BUCKET}`,
    url: (user, path = '', host = '127.0.0.1') =>
      `s3://${keysIn(user)}@${host}:${place.port}/${BUCKET}${path}`,
    ...server,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function memoryAt(path: string): Promise<AsyncDisposable> {
  await runOk('mount', ['-t', 'tmpfs', 'radosgw', path]);
  return { [Symbol.asyncDispose]: async () => void (await runOk('umount', [path])) };
}

interface Place {
  root: string;
  /** Seen from inside of the root. */
  data: string;
  port: number;
}

/** Beside a busy server radosgw-admin hangs: users come before it. */
async function layUsers({ root, data, port }: Place): Promise<void> {
  const lines = [
    '[client.rgw]',
    'rgw_backend_store = dbstore',
    'rgw_config_store = dbstore',
    `dbstore_db_dir = ${data}`,
    `dbstore_config_uri = file:${data}/config.db`,
    ...['cluster', 'service', 'client'].map((name) => `auth_${name}_required = none`),
    `rgw_frontends = beast endpoint=127.0.0.1:${port}`,
    `rgw_data = ${data}`,
    'rgw_enable_apis = s3',
    'admin_socket =',
  ];
  await writeFile(join(root, data, 'rgw.conf'), `${lines.join('\n')}\n`);
  for (const [uid, { user, password }] of Object.entries(USERS)) {
    const keys = ['--access-key', user, '--secret', password];
    await makeUser({ root, data }, [`--uid=${uid}`, `--display-name=${uid}`, ...keys]);
  }
}

/**
 * Ends radosgw-admin as soon as it has printed the user that it has made: a quick one may wait for
 * ever for its own db_gc, which was not asleep yet when it was woken to end.
 */
async function makeUser(place: Pick<Place, 'root' | 'data'>, user: string[]): Promise<void> {
  const made = new AbortController();
  const args = [...argumentsIn(place, 'radosgw-admin'), 'user', 'create', ...user];
  const onLine = (line: string) => {
    if (line === '}') made.abort();
  };
  try {
    await runOk('chroot', args, { timeout: 60_000, signal: made.signal, onLine });
  } catch (error) {
    if (!made.signal.aborted) throw error;
  }
}

function argumentsIn({ root, data }: Pick<Place, 'root' | 'data'>, program: string): string[] {
  return [root, program, '-c', `${data}/rgw.conf`, '-n', 'client.rgw', '--no-mon-config'];
}

function serverIn(place: Place): Pick<Radosgw, 'start' | 'stop'> {
  let running: ReturnType<typeof startGuarded> | undefined;
  return {
    start: async () => {
      const server = startGuarded('chroot', [...argumentsIn(place, 'radosgw'), '-d']);
      running = server;
      let said = '';
      server.stderr.on(
        'data',
        (bytes: Buffer) => (said = (said + bytes.toString()).slice(-16_384)),
      );
      server.stdout.resume();
      const gone = server.exited.then((status) => {
        throw new Error(`radosgw ended with ${status}: ${lastLines(said, 8)}`);
      });
      await Promise.race([answers(place.port), gone]);
      gone.catch(() => {});
    },
    stop: async () => {
      running?.kill();
      await running?.exited;
      running = undefined;
    },
  };
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error('radosgw does not answer');
}

/** The policy lets `read` get objects and nothing else: it may not even learn which there are. */
async function makeBucket(port: number): Promise<void> {
  const { user: accessKeyId, password: secretAccessKey } = USERS.write;
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'garage' });
  const place = `http://127.0.0.1:${port}/${BUCKET}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam:::user/read'] },
        Action: ['s3:GetObject'],
        Resource: [`arn:aws:s3:::${BUCKET}/*`],
      },
    ],
  };
  for (const [url, body] of [
    [place, undefined],
    [`${place}?policy`, JSON.stringify(policy)],
  ] as const) {
    const answer = await client.fetch(url, { method: 'PUT', ...(body && { body }) });
    if (!answer.ok) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
    await answer.body?.cancel();
  }
}

function keysIn(user: keyof typeof USERS): string {
  const { user: name, password } = USERS[user];
  return `${name}:${encodeURIComponent(password)}`;
}
