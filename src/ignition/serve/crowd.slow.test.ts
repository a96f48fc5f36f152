import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

/** Files that a process may open here at most. */
const MOST = Number(
  /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
);
const IDLE = 10_000;

const BUTANE =
  'variant: fcos\nversion: 1.7.0\nstorage: {files: [{path: /a, contents: {local: noise}}]}\n';
const SMALL = 100_000;
/** More than the buffers on the way hold. */
const LARGE = 16_000_000;

interface Project {
  folder: TemporaryFolder;
  /** What is to be answered. */
  whole: Buffer;
}
let small: Project;
let large: Project;
const CALL = ['a.bu', '-d', 'files'];

/** A project whose document is a bit longer than `size` bytes. */
async function project(size: number): Promise<Project> {
  const folder = await temporaryFolder();
  const cwd = folder.path;
  await writeFile(join(cwd, 'a.bu'), BUTANE);
  await mkdir(join(cwd, 'files'));
  await writeFile(join(cwd, 'files/noise'), randomBytes(size));
  await runOk(LOCKSTEP, ['ignition', 'build', ...CALL, '-o', 'a.ign'], { cwd });
  return { folder, whole: readFileSync(join(cwd, 'a.ign')) };
}

beforeAll(async () => {
  small = await project(SMALL);
  large = await project(LARGE);
});
afterAll(async () => {
  await small.folder[Symbol.asyncDispose]();
  await large.folder[Symbol.asyncDispose]();
});

/** `lockstep ignition serve` of a project. */
async function serve({ folder, whole }: Project, ...args: string[]) {
  const server = spawn(LOCKSTEP, ['ignition', 'serve', ...CALL, ...args], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  return {
    url: String(said).split('\n')[0] ?? '',
    whole,
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await once(server, 'exit');
    },
  };
}

const ELSEWHERE = [
  '/../lockstep.yaml',
  '/..%2fa.bu',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/a.bu',
  '/.',
  '/a.ign%00',
  'http://127.0.0.1/a.bu',
  'file:///etc/passwd',
  `/${'a/'.repeat(10_000)}`,
];

const portOf = (url: string) => Number(new URL(url).port);

async function connected(url: string): Promise<Socket> {
  const socket = connect(portOf(url), '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function ask(url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await Array.fromAsync(response)) as Buffer[]);
}

describe('serve', () => {
  it.skipIf(!(MOST > IDLE + 1000))(
    'answers whole documents among 10,000 idle connections and clients that never finish a request',
    async () => {
      await using server = await serve(small);
      const idle: Socket[] = [];
      while (idle.length < IDLE) {
        const more = Array.from({ length: 500 }, () => connected(server.url));
        idle.push(...(await Promise.all(more)));
      }
      const slow = await Promise.all(Array.from({ length: 50 }, () => connected(server.url)));
      for (const socket of slow) socket.write('GET /a.ign HTTP/1.1\r\nHost: x\r\nX: ');
      const gone = slow.map((socket) => once(socket.resume(), 'close'));

      const bodies = await Promise.all(
        Array.from({ length: 20 }, async () => bodyOf(await ask(server.url))),
      );

      expect(bodies.every((body) => body.equals(server.whole))).toBe(true);
      // Who does not come to an end is sent away, without anything of the document.
      await Promise.all(gone);
      expect(slow.every(({ bytesRead }) => bytesRead < 1000)).toBe(true);
      for (const socket of idle) socket.destroy();
      expect((await bodyOf(await ask(server.url))).equals(server.whole)).toBe(true);
    },
  );

  it('sends whole documents to clients that read slowly, and keeps nobody waiting for them', async () => {
    await using server = await serve(large);
    const slow = await Promise.all(Array.from({ length: 5 }, () => ask(server.url)));
    for (const response of slow) response.pause();

    const quick = await bodyOf(await ask(server.url));
    const bodies = await Promise.all(slow.map(bodyOf));

    expect(quick.equals(server.whole)).toBe(true);
    expect(bodies.every((body) => body.equals(server.whole))).toBe(true);
  });

  it('gives nothing away beside its document', async () => {
    await using server = await serve(small);
    for (const path of ELSEWHERE) {
      const socket = await connected(server.url);
      socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

      const answer = Buffer.concat((await Array.fromAsync(socket)) as Buffer[]).toString();

      expect(answer, path).toMatch(/^(?:$|HTTP\/1\.1 4\d\d )/);
      expect(answer, path).not.toMatch(/variant|ignition|root:/);
    }
  });
});

describe('serve --once', () => {
  it('gives the document to one of a hundred that race, and is gone then', async () => {
    await using server = await serve(large, '--once');

    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(server.url)));
    const whole = await Promise.all(answers.map(bodyOf));

    const winners = answers.filter(({ statusCode }) => statusCode === 200);
    expect(winners).toHaveLength(1);
    const others = answers.filter(({ statusCode }) => statusCode !== 200);
    expect(others.every(({ statusCode = 0 }) => [503, 410].includes(statusCode))).toBe(true);
    for (const [index, body] of whole.entries()) {
      const won = answers[index]?.statusCode === 200;
      expect(body.equals(won ? server.whole : Buffer.alloc(0))).toBe(true);
    }
    await expect.poll(async () => (await ask(server.url)).statusCode).toBe(410);
  });

  it('may be asked again by clients that break off wherever they were, until one had it all', async () => {
    await using server = await serve(large, '--once');
    for (let round = 0; round < 10; round++) {
      const response = await ask(server.url);
      if (response.statusCode === 503) continue;
      expect(response.statusCode).toBe(200);
      response.on('error', () => undefined);
      let left = (server.whole.length / 12) * round;
      response.on('data', (part: Buffer) => {
        left -= part.length;
        if (left <= 0) response.destroy();
      });
      await once(response, 'close');
    }

    await expect
      .poll(async () => {
        const response = await ask(server.url);
        const body = await bodyOf(response);
        return response.statusCode === 200 && body.equals(server.whole);
      })
      .toBe(true);
    await expect.poll(async () => (await ask(server.url)).statusCode).toBe(410);
  });

  it('takes no request behind another for a document that has arrived', async () => {
    await using server = await serve(large, '--once');
    const socket = await connected(server.url);
    const request = `GET ${new URL(server.url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`;
    socket.write(request + request);
    await once(socket, 'readable');
    socket.destroy();

    await expect
      .poll(async () => (await bodyOf(await ask(server.url))).equals(server.whole))
      .toBe(true);
  });
});
