import { execFileSync } from 'node:child_process';
import { once as onceEvent } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { get as secureGet } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { FreshDocument, servedBytes } from './document.ts';
import { OncePath } from './once.ts';
import { type ServeOptions, serveDocument } from './server.ts';

const DOCUMENT = '{"ignition":{"version":"3.6.0"}}\n';
/** More than all buffers on the way hold. */
const LARGE = `{"x":"${'y'.repeat(32 << 20)}"}`;

const serving = (more: Partial<ServeOptions> = {}, text = DOCUMENT) =>
  serveDocument({
    host: '127.0.0.1',
    port: 0,
    path: '/nas.ign',
    current: async () => servedBytes(text),
    ...more,
  });

const oncePath = (lifetime = 60_000) => {
  let time = 0;
  const path = new OncePath({ lifetime, now: () => time });
  return { path, wait: (milliseconds: number) => (time += milliseconds) };
};

async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
  await onceEvent(socket, 'close');
  return answer;
}

describe('serveDocument', () => {
  it('sends the document whole, with its media type and a strong ETag', async () => {
    await using server = await serving();

    const answer = await fetch(server.url);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/vnd.coreos.ignition+json');
    expect(answer.headers.get('etag')).toMatch(/^"sha512-[\da-f]{64}"$/);
    expect(await answer.text()).toBe(DOCUMENT);
  });

  it('answers 304 to who has it, HEAD without a body, and nothing else', async () => {
    await using server = await serving();
    const etag = (await fetch(server.url)).headers.get('etag') ?? '';

    const again = await fetch(server.url, { headers: { 'if-none-match': `"x", W/${etag}` } });
    const head = await fetch(server.url, { method: 'HEAD' });
    const post = await fetch(server.url, { method: 'POST', body: 'x' });

    expect([again.status, await again.text()]).toEqual([304, '']);
    expect([head.status, head.headers.get('content-length')]).toEqual([
      200,
      String(DOCUMENT.length),
    ]);
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/',
    '/../nas.ign',
    '/nas.ign/',
    '/%6eas.ign',
    '//nas.ign',
    '/nas.ign?x',
    '/etc/passwd',
  ])('has nothing at %s', async (path) => {
    await using server = await serving();

    const answer = await raw(
      server.url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(answer).not.toContain('ignition');
  });

  it('says to come again while there is no good document', async () => {
    await using server = await serving({ current: async () => undefined });

    expect((await fetch(server.url)).status).toBe(503);
  });

  it('serves on while a thousand connections lie idle', async () => {
    await using server = await serving();
    const port = Number(new URL(server.url).port);
    const idle = Array.from({ length: 1000 }, () => connect(port, '127.0.0.1'));
    await Promise.all(idle.map((socket) => onceEvent(socket, 'connect')));

    expect(await (await fetch(server.url)).text()).toBe(DOCUMENT);
    for (const socket of idle) socket.destroy();
  });
});

describe('serveDocument with TLS', () => {
  it('sends the same under a certificate that the client knows', async () => {
    await using folder = await temporaryFolder();
    const [key, cert] = [join(folder.path, 'key'), join(folder.path, 'cert')];
    const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1';
    const names = ['-subj', '/CN=a', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...words.split(' '), ...names, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const tls = { cert: readFileSync(cert), key: readFileSync(key) };
    await using server = await serving({ tls });

    const asked = secureGet(server.url, { ca: tls.cert, agent: false });
    const [response] = (await onceEvent(asked, 'response')) as [IncomingMessage];
    const body = Buffer.concat((await Array.fromAsync(response)) as Buffer[]);

    expect(server.url).toMatch(/^https:/);
    expect(body.toString()).toBe(DOCUMENT);
    await expect(onceEvent(secureGet(server.url, { agent: false }), 'response')).rejects.toThrow(
      /self-signed/,
    );
  });
});

describe('a one-time path', () => {
  it('cannot be guessed, answers once, and is gone then', async () => {
    const { path } = oncePath();
    await using server = await serving({ once: path });

    expect(path.path.length).toBeGreaterThan(40);
    expect((await fetch(new URL('/nas.ign', server.url))).status).toBe(404);
    expect(await (await fetch(server.url, { headers: { connection: 'close' } })).text()).toBe(
      DOCUMENT,
    );
    await expect.poll(async () => (await fetch(server.url)).status).toBe(410);
  });

  it('gives the document to one of two that race', async () => {
    const { path } = oncePath();
    await using server = await serving({ once: path }, LARGE);

    const both = await Promise.all([fetch(server.url), fetch(server.url)]);

    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 503]);
    const winner = both.find(({ status }) => status === 200);
    expect((await winner?.text())?.length).toBe(LARGE.length);
  });

  it('may be asked again by who breaks off, until it was complete', async () => {
    const { path } = oncePath();
    await using server = await serving({ once: path }, LARGE);
    const broken = request(server.url).end();
    const [response] = (await onceEvent(broken, 'response')) as [NodeJS.ReadableStream];
    await onceEvent(response, 'data');
    expect(path.state()).toBe('sending');
    broken.on('error', () => undefined).destroy();
    response.on('error', () => undefined);

    await expect.poll(() => path.state()).toBe('open');
    expect((await (await fetch(server.url)).text()).length).toBe(LARGE.length);
  });

  it('is spent by neither HEAD nor a refused method', async () => {
    const { path } = oncePath();
    await using server = await serving({ once: path });

    await fetch(server.url, { method: 'HEAD' });
    await fetch(server.url, { method: 'DELETE' });

    expect(path.state()).toBe('open');
  });

  it('ends after its time', async () => {
    const { path, wait } = oncePath(1000);
    await using server = await serving({ once: path });
    wait(1000);

    expect((await fetch(server.url)).status).toBe(410);
  });
});

describe('FreshDocument', () => {
  it('is built again when a file changes, and keeps the last good one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const file = join(folder, 'a');
    writeFileSync(file, 'one');
    let [text, time, builds]: [string | undefined, number, number] = ['one', 0, 0];
    const build = async () => (builds++, { text, files: [file] });
    const document = new FreshDocument({ build, now: () => (time += 1000) });
    const body = async () => (await document.current())?.body.toString();

    expect([await body(), await body(), builds]).toEqual(['one', 'one', 1]);
    [text] = ['two'];
    writeFileSync(file, 'two!');
    expect(await body()).toBe('two');
    [text] = [undefined];
    writeFileSync(file, 'broken');
    expect([await body(), builds]).toEqual(['two', 3]);
    rmSync(folder, { recursive: true });
  });
});
