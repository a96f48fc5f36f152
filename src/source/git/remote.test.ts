import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { fetchRemote } from './remote.ts';

const CONTENT = Buffer.from('a source\n'.repeat(1000));
const sum = (algorithm: string) => createHash(algorithm).update(CONTENT).digest('hex');

let server: Server;
let asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer(({ url }, answer) => {
    asked.push(url);
    if (url === '/moved') answer.writeHead(302, { location: '/y.tar.gz' }).end();
    else if (url === '/y.tar.gz') answer.end(CONTENT);
    else answer.writeHead(404).end('no');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => server.close());

async function fetched(path: string, given: { hex?: string; limit?: number } = {}) {
  asked = [];
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;
  const source = { name: 'y.tar.gz', url, algorithm: 'sha512', hex: given.hex ?? sum('sha512') };
  const options = { pool: folder.path, env: {}, limit: given.limit };
  try {
    return { path: folder.path, url, file: await fetchRemote(source, options) };
  } finally {
    expect(await readdir(join(folder.path, 'partial'))).toEqual([]);
  }
}

describe(fetchRemote, () => {
  it('keeps what has the promised checksum under its sha256, whichever was promised', async () => {
    const { path, file, url } = await fetched('/moved');
    const sha256 = sum('sha256');

    expect(file).toEqual({ name: 'y.tar.gz', url, sha256, size: CONTENT.length });
    expect(await readFile(join(path, sha256))).toEqual(CONTENT);
  });

  it('refuses other content, and does not ask for it again', async () => {
    await expect(fetched('/y.tar.gz', { hex: 'f'.repeat(128) })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(asked).toEqual(['/y.tar.gz']);
  });

  it('takes no more than may come', async () => {
    await expect(fetched('/y.tar.gz', { limit: 100 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('says that a file is gone', async () => {
    await expect(fetched('/x')).rejects.toMatchObject({ code: 'not-found' });
  });
});
