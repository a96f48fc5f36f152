import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../system/error.ts';
import { readAll } from '../content.ts';
import { copy } from '../copy.ts';
import { OCI_LAYER } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { type OpenOptions, openRegistry, openRepository } from '../open/open.ts';
import { digestTag } from '../reference.ts';
import type { Repository } from '../repository.ts';
import { describeRepositoryContract } from '../testing/contract.ts';
import {
  freePort,
  type RegistryServer,
  type RegistryServerOptions,
  startDockerRegistry,
  whyNoRegistry,
} from '../testing/docker-registry.ts';
import { putBlob, putImage } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';

const login = { username: 'ann', password: 'secret words' };
const why = whyNoRegistry();
/** How a line begins that speaks TLS (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 22;
/** What the hint for a certificate has to name. */
const MENDS = /SSL_CERT_FILE.*certs\.d/;

describe.skipIf(why != null)(`openRemote at docker-registry ${why ?? ''}`, () => {
  describe.each<[string, RegistryServerOptions]>([
    ['plain', {}],
    ['with a login', { login }],
    ['with TLS', { tls: true, login }],
  ])('%s', (_, serverOptions) => {
    let server: RegistryServer;
    let count = 0;
    beforeAll(async () => {
      server = await startDockerRegistry(serverOptions);
    });
    afterAll(() => server[Symbol.asyncDispose]());

    // The same requests go over TLS as without it.
    if (serverOptions.tls !== true)
      describeRepositoryContract(async () => {
        count += 1;
        return openRegistry(`${server.host}/owner`, await optionsFor(server)).repository(
          `r${count}`,
        );
      });

    it('copies a large layer in chunks, mounts it elsewhere and reads it back', async () => {
      const registry = openRegistry(server.host, await optionsFor(server));
      const from = memoryRepository();
      const layer = Buffer.alloc(40 << 20, 'not very random');
      await putImage(from, { layers: [layer], tag: 'latest' });
      const one = registry.repository('large/one');
      const two = registry.repository('large/two');

      const first = await copy(from, one, 'latest', { tags: ['v1'] });
      const second = await copy(one, two, 'v1', { tags: ['v1'] });

      expect(first.copied).toBe(3);
      expect(second).toMatchObject({ mounted: 2, copied: 1 });
      expect(await validateRepository(two)).toEqual([]);
    });
  });

  describe('what it refuses', () => {
    let server: RegistryServer;
    beforeAll(async () => {
      server = await startDockerRegistry({ tls: true, login, keepsAll: true });
    });
    afterAll(() => server[Symbol.asyncDispose]());

    it('a certificate that nobody vouches for', async () => {
      const options = { env: {}, cwd: '/' };
      const repository = openRepository(`${server.host}/a`, options);

      const failure: unknown = await repository.tags().catch((error: unknown) => error);

      expect(failure).toMatchObject({ code: 'untrusted', hint: expect.stringMatching(MENDS) });
      expect(exitCodeOf(failure)).toBe(2);
    });

    it('a port that nobody listens on, at once', async () => {
      const repository = openRepository(`127.0.0.1:${await freePort()}/a`, { env: {}, cwd: '/' });

      await expect(repository.tags()).rejects.toMatchObject({
        code: 'network',
        context: { reason: 'ECONNREFUSED' },
        hint: expect.stringContaining('running'),
      });
    });

    it('a wrong password, with a hint and without the password', async () => {
      const options = await optionsFor(server, { ...login, password: 'hunter2' });
      const failure = openRepository(`${server.host}/a`, options).tags();

      await expect(failure).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(failure).rejects.not.toThrow('hunter2');
    });

    it('to delete where the registry does not allow it', async () => {
      const repository = openRepository(`${server.host}/a`, await optionsFor(server));
      const image = await putImage(repository, { tag: 'latest' });

      await expect(repository.delete(image)).rejects.toMatchObject({ code: 'unsupported' });
      await expect(repository.untag('latest')).rejects.toMatchObject({ code: 'unsupported' });
    });
  });

  it('reaches a server that resets what is no TLS', async () => {
    await using server = await startDockerRegistry({ tls: true });
    const port = Number(server.host.split(':')[1]);
    const strict = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        if (bytes[0] !== TLS_HANDSHAKE) return void socket.resetAndDestroy();
        const behind = connect(port, '127.0.0.1');
        behind.on('error', () => socket.destroy()).write(bytes);
        return void socket.pipe(behind).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => {
      strict.listen(0, '127.0.0.1', resolve);
    });
    const host = `127.0.0.1:${(strict.address() as AddressInfo).port}`;
    const env = { SSL_CERT_FILE: server.certificateFile };

    const trusting = openRepository(`${host}/r`, { env, cwd: '/' });
    await putImage(trusting, { tag: 'latest' });
    const distrusting = openRepository(`${host}/r`, { env: {}, cwd: '/' });

    expect(await trusting.tags()).toEqual(['latest']);
    await expect(distrusting.tags()).rejects.toMatchObject({ code: 'untrusted' });
    strict.close();
  });

  it('keeps every entry of the fallback tag when several write at a time', async () => {
    await using server = await startDockerRegistry();
    const open = () => openRepository(`${server.host}/r`, { env: {}, cwd: '/' });
    const subject = await putImage(open(), { tag: 'latest' });
    const names = Array.from({ length: 6 }, (_, index) => `note ${index}`);

    const written = await Promise.all(
      names.map((seed) => putImage(open(), { seed, subject, artifactType: 'text/note' })),
    );

    const found = await open().referrers(subject.digest);
    expect(found.map(({ digest }) => digest).sort()).toEqual(
      written.map(({ digest }) => digest).sort(),
    );
    expect(await open().tags()).toContain(digestTag(subject.digest));
  });

  it('reads a range of a blob', async () => {
    await using server = await startDockerRegistry();
    const repository: Repository = openRepository(`${server.host}/r`, { env: {}, cwd: '/' });
    const blob = await putBlob(repository, OCI_LAYER, 'a'.repeat(1000) + 'b'.repeat(1000));

    const bytes = await readAll(repository.read(blob, { start: 999, end: 1001 }), 10, 'range');
    expect(String(bytes)).toBe('ab');
  });
});

async function optionsFor(server: RegistryServer, who = login): Promise<OpenOptions> {
  const path = join(server.folder, `auth-${who.password.length}.json`);
  const auth = Buffer.from(`${who.username}:${who.password}`).toString('base64');
  await writeFile(path, JSON.stringify({ auths: { [server.host]: { auth } } }));
  const env = { REGISTRY_AUTH_FILE: path };
  const trust = server.certificateFile ? { certificateFile: server.certificateFile } : {};
  return { env, cwd: '/', ...trust };
}
