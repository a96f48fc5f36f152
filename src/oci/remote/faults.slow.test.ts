import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../content.ts';
import { copy } from '../copy.ts';
import { OCI_LAYER } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { openRepository } from '../open/open.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../testing/docker-registry.ts';
import { type Exchange, type FaultProxy, startFaultProxy } from '../testing/fault-proxy.ts';
import { type Fault, faults, faultsOnce, randomFaults } from '../testing/faults.ts';
import { putBlob, putImage } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';

const why = whyNoRegistry();

describe.skipIf(why != null)(`openRemote behind a fault proxy ${why ?? ''}`, () => {
  let server: RegistryServer;
  let proxy: FaultProxy;
  let count = 0;
  beforeAll(async () => {
    server = await startDockerRegistry();
    proxy = await startFaultProxy({ target: server.host, tokens: true });
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const open = () => {
    count += 1;
    return openRepository(`${proxy.host}/faults/r${count}`, { env: {}, cwd: '/' });
  };

  it.each(faults.map((fault) => [fault]))(
    'reads and writes in spite of: %s',
    async (fault: Fault) => {
      const repository = open();
      const from = memoryRepository();
      await putImage(from, { layers: [randomBytes(300_000)], tag: 'latest' });
      const parts = [/^POST/, /^PUT .*blobs/, /^PUT .*manifests/, /^HEAD/, /^GET .*manifests/];
      for (const part of parts) {
        proxy.choose = faultsOnce(part, [fault]);
        await copy(from, repository, 'latest', { tags: [`t${part.source.length}`] });
      }
      proxy.choose = faultsOnce(/^GET .*blobs/, [fault, fault]);

      expect(await validateRepository(repository)).toEqual([]);
    },
  );

  it('takes a broken download up where it broke', async () => {
    const repository = open();
    proxy.choose = () => undefined;
    const blob = await putBlob(repository, OCI_LAYER, randomBytes(3_000_000));
    proxy.log.length = 0;
    proxy.choose = faultsOnce(/^GET .*blobs/, ['truncate', 'wrong-range', 'truncate', 'slow']);

    await readAll(repository.read(blob), 4_000_000, 'blob');

    const reads = proxy.log.filter(({ method }) => method === 'GET');
    expect(reads.length).toBeGreaterThanOrEqual(4);
    expect(bytesOf(reads)).toBeLessThan(2 * blob.size);
  });

  it('sends a large layer through a line that breaks now and then', async () => {
    const repository = open();
    const from = memoryRepository();
    await putImage(from, { layers: [randomBytes(40 << 20)], tag: 'latest' });
    proxy.choose = faultsOnce(/^PATCH/, ['unavailable', 'truncate', 'lost-reply']);

    await copy(from, repository, 'latest', { tags: ['latest'] });

    proxy.choose = () => undefined;
    expect(await validateRepository(repository)).toEqual([]);
  });

  it('gets through a storm', async () => {
    const from = memoryRepository();
    await putImage(from, { layers: [randomBytes(5000), randomBytes(70_000)], tag: 'latest' });
    for (let seed = 1; seed <= 6; seed += 1) {
      const repository = open();
      proxy.choose = randomFaults(seed, 0.25);
      await copy(from, repository, 'latest', { tags: ['latest'] });
      proxy.choose = () => undefined;
      expect(await validateRepository(repository)).toEqual([]);
    }
  });

  it('gives up by name when nothing helps', async () => {
    proxy.choose = () => 'bad-gateway';
    const repository = openRepository(`${proxy.host}/r`, { env: {}, cwd: '/', deadline: 1000 });

    await expect(repository.tags()).rejects.toMatchObject({ name: 'LockstepError' });
    proxy.choose = () => undefined;
  });
});

function bytesOf(log: readonly Exchange[]): number {
  return log.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
}
