import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { startDockerRegistry, whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import type { Digest } from '../../system/digest.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { acceptedBy, findClients, PASSWORD } from '../../trust/testing/clients.ts';
import { openTrust } from '../context/trust.ts';
import { fillModules } from '../testing/flist-folder.ts';
import { FLISTS, publishOnce } from '../testing/flist-job.ts';
import { hostSignatures } from './signatures.ts';

const why = whyNoRegistry();
const now = () => new Date('2026-11-26T20:00:00Z');

it.skipIf(why != null)(
  `both cosigns verify the artifacts of flists that are promoted with trust ${why ?? ''}`,
  async () => {
    await using server = await startDockerRegistry();
    const clients = await findClients(join(server.folder, 'clients'));
    if ('why' in clients) throw new Error(clients.why);
    const keys = await Promise.all([makeKeyPair(PASSWORD), makeKeyPair(PASSWORD)]);
    for (const [at, { publicKey }] of keys.entries())
      await writeFile(join(server.folder, `${at}.pub`), publicKey.pem);
    const registry = openRegistry(server.host, { env: {}, cwd: '/' });
    const stream = SingleConfig.parse({
      version: 1,
      name: 'signed',
      base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', debian: 'zfs-linux' }],
      publish: { registry: server.host, image: 'image', kmods: 'kmods' },
      flists: { store: `dir://${server.folder}/blocks`, repository: FLISTS.repository },
      trust: { key: 'env:KEY', password: 'env:PASSWORD' },
    });
    const env = { KEY: keys[0]?.keyFile ?? '', PASSWORD };
    const trust = await openTrust(stream, { env, project: '/', now });
    const signatures = await hostSignatures(stream, { registry, trust, now });
    const [folder, output] = [join(server.folder, 'tree'), join(server.folder, 'out')];
    const store = `dir://${server.folder}/blocks`;
    fillModules(folder, 1);
    const job = { id: '20261126t200000z-0001', folder, output, store, route: store };

    await publishOnce(registry, job, { trust, signatures });

    const repository = registry.repository(FLISTS.repository);
    const accepted = async (reference: string, key: number) => {
      const image = `${server.host}/${FLISTS.repository}${reference}`;
      const keyFile = join(server.folder, `${key}.pub`);
      return acceptedBy(clients, { image, key: keyFile, folder: join(server.folder, 'clients') });
    };
    const digests: Digest[] = [];
    for (const latest of [`modules-${FLISTS.kernel}-latest`, 'firmware-latest']) {
      const digest = (await repository.resolve(latest))?.digest;
      if (digest) digests.push(digest);
      expect(await accepted(`:${latest}`, 0)).toEqual(['cosign2', 'cosign3', 'skopeo']);
      expect(await accepted(`@${digest}`, 0)).toEqual(['cosign2', 'cosign3', 'skopeo']);
      expect(await accepted(`@${digest}`, 1)).toEqual([]);
    }
    // Without a key nothing is signed.
    fillModules(folder, 2);
    await publishOnce(registry, { ...job, id: '20261126t200000z-0002' });
    const next = (await repository.resolve('firmware-latest'))?.digest;
    expect(next).not.toBe(digests[1]);
    expect(await accepted(`@${next}`, 0)).toEqual([]);
  },
  300_000,
);
