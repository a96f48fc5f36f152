import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeImage } from '../src/compose/compose.ts';
import { SingleConfig, type Stream } from '../src/config/schema.ts';
import { type Buildah, openBuildah, removeStorage } from '../src/container/buildah.ts';
import { readLayers } from '../src/container/image.ts';
import { tarEntryBytes } from '../src/file/tar/write.ts';
import { copy } from '../src/oci/copy.ts';
import { instancesOf } from '../src/oci/instances.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { requireDescriptor } from '../src/oci/manifest.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry, Repository } from '../src/oci/repository.ts';
import { type RegistryServer, startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { putIndex } from '../src/oci/testing/image.ts';
import { putLayers, tarLayer } from '../src/oci/testing/layers.ts';
import { extractEntries } from '../src/oci/tree/extract.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { openTrust } from '../src/release/context/trust.ts';
import { promoteArtifacts } from '../src/release/promotion/promote.ts';
import { hostSignatures } from '../src/release/promotion/signatures.ts';
import { followHosts } from '../src/release/resolve/hosts.ts';
import { hostLayer } from '../src/release/run/host-layer.ts';
import type { Digest } from '../src/system/digest.ts';
import { findProgram } from '../src/system/program.ts';
import { makeKeyPair } from '../src/trust/key/signer.ts';
import { acceptedBy, type Clients, findClients, PASSWORD } from '../src/trust/testing/clients.ts';

const { env } = process;
const created = '2026-11-20T12:00:00Z';
const platforms = ['amd64', 'arm64'];
const FOREIGN = { 'registry.example/other': [{ type: 'reject' }] };
const BASE_POLICY = {
  default: [{ type: 'insecureAcceptAnything' }],
  transports: { docker: FOREIGN },
};
const RECIPE = `FROM oci:base:latest
RUN echo composed > /composed
`;

/** Two key pairs, of which an image tells its hosts some, and hosts that judge by what it holds. */
describe('images with trust.hosts', () => {
  let server: RegistryServer;
  let registry: Registry;
  let clients: Clients;
  let buildah: Buildah;
  let base: Repository;
  let runs = 0;

  const at = (path: string) => join(server.folder, path);
  const storage = () => ({ storage: at('storage'), env, root: process.getuid?.() === 0 });
  const main = { image: 'os', kmods: 'kmods' };

  beforeAll(async () => {
    server = await startDockerRegistry();
    registry = openRegistry(server.host, { env: {}, cwd: '/' });
    const found = await findClients(at('clients'));
    if ('why' in found) throw new Error(found.why);
    clients = found;
    buildah = await openBuildah(storage());
    for (const name of ['old', 'new']) {
      const { keyFile, publicKey } = await makeKeyPair(PASSWORD);
      await writeFile(at(`${name}.key`), keyFile);
      await writeFile(at(`${name}.pub`), publicKey.pem);
    }
    await mkdir(at('base'));
    base = openLayout(at('base'));
    await putBase(base);
  }, 300_000);
  afterAll(async () => {
    await removeStorage(storage());
    await server[Symbol.asyncDispose]();
  });

  const streamOf = (trust: object): Stream =>
    SingleConfig.parse({
      version: 1,
      name: 'zfs',
      base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', debian: 'zfs-linux' }],
      publish: { registry: server.host, ...main, stable: ['latest'] },
      trust: { password: 'env:PASSWORD', ...trust },
    });

  /** Composes what a run of the stream would, as an index. */
  async function compose(stream: Stream, architectures = ['amd64']): Promise<Digest> {
    const hosts = await followHosts({ stream, main, env: {}, project: server.folder });
    if (!hosts) throw new Error('the stream has no hosts');
    const repository = registry.repository('os');
    const request = {
      containerfile: RECIPE,
      folder: at(`context-${runs++}`),
      packages: [],
      layouts: [{ name: 'base', path: at('base') }],
      base: await readLayers(base, await requireDescriptor(base, 'latest')),
      top: await hostLayer(hosts),
      created,
      labels: {},
      annotations: { run: String(runs) },
    };
    const members = [];
    for (const architecture of architectures) {
      const image = await composeImage(buildah, base, { ...request, architecture }, () => {});
      await copy(base, repository, image.digest);
      members.push({ ...image, platform: { os: 'linux', architecture } });
    }
    return (await putIndex(repository, members)).digest;
  }

  async function promote(stream: Stream, digest: Digest): Promise<void> {
    const now = () => new Date();
    const options = { registry, now };
    const place = { env: { PASSWORD }, project: server.folder, now };
    const trust = await openTrust(stream, place);
    const signatures = await hostSignatures(stream, { ...options, trust });
    const artifacts = [{ repository: 'os', digest, audit: [], moving: ['latest'] }];
    const id = `20261126t00000${runs}z-0000`;
    await promoteArtifacts(
      { id, artifacts },
      { ...options, signatures, mayPromote: async () => [] },
    );
  }

  const treeOf = (image: Digest) =>
    openImageTree(registry.repository('os'), image, {
      platform: { os: 'linux', architecture: 'amd64' },
    });

  /** Whether hosts with an image pull another one, by platform. */
  async function pulls(
    by: Digest,
    image: string,
    architectures = ['amd64'],
  ): Promise<Record<string, boolean>> {
    const root = at(`root-${by.slice(7, 14)}`);
    const tree = await treeOf(by);
    await extractEntries(tree, await Array.fromAsync(tree.list('etc')), root);
    const etc = join(root, 'etc');
    const text = await readFile(join(etc, 'containers/policy.json'), 'utf8');
    await writeFile(at('policy.json'), text.replaceAll('"/etc/', `"${etc}/`));
    const answers: Record<string, boolean> = {};
    for (const architecture of architectures) {
      const host = ['--policy', at('policy.json'), '--override-arch', architecture];
      const { status, stderr } = await clients.skopeo(
        ...host,
        '--registries.d',
        join(etc, 'containers/registries.d'),
        'copy',
        '--src-tls-verify=false',
        '--remove-signatures',
        `docker://${server.host}/${image}`,
        `dir:${at('pulled')}`,
      );
      if (status !== 0 && !stderr.includes('Source image rejected')) throw new Error(stderr);
      answers[architecture] = status === 0;
    }
    return answers;
  }

  const accepted = (image: string) =>
    acceptedBy(clients, {
      image: `${server.host}/${image}`,
      key: at('old.pub'),
      folder: at('clients'),
    });

  const policyOf = async (image: Digest) => {
    const tree = await treeOf(image);
    const policy = new Set(['etc/containers/policy.json']);
    const [file] = await Array.fromAsync(tree.readMany(policy));
    return JSON.parse(String(file?.content));
  };

  const stable = async () => (await registry.repository('os').resolve('latest'))?.digest;
  const names = async (image: Digest) =>
    (await Array.fromAsync((await treeOf(image)).list('etc'))).map(({ path }) => path);

  it('add to the policy of the base, and are pulled by themselves alone', async () => {
    const stream = streamOf({ key: 'old.key', public: 'old.pub', hosts: 'enforce' });
    const digest = await compose(stream, platforms);

    await promote(stream, digest);

    expect(await policyOf(digest)).toMatchObject({
      default: [{ type: 'reject' }],
      transports: {
        docker: {
          '': BASE_POLICY.default,
          ...FOREIGN,
          [`${server.host}/os`]: [{ type: 'sigstoreSigned' }],
        },
      },
    });
    expect(await pulls(digest, `os@${digest}`, platforms)).toEqual({ amd64: true, arm64: true });
    const os = registry.repository('os');
    const signed = await instancesOf(os, await requireDescriptor(os, digest));
    expect(signed).toHaveLength(3);
    for (const one of signed)
      expect(await accepted(`os@${one.digest}`)).toEqual(['cosign2', 'cosign3', 'skopeo']);
    const unsigned = await compose(stream);
    expect(await accepted(`os@${unsigned}`)).toEqual([]);
    expect(await pulls(digest, `os@${unsigned}`)).toEqual({ amd64: false });
  }, 300_000);

  it('change a key in three promotions, under another path, and in no fewer', async () => {
    const first = streamOf({ key: 'old.key', public: 'old.pub', hosts: true });
    const both = streamOf({ key: 'old.key', public: ['old.pub', 'new.pub'], hosts: true });
    const second = streamOf({ key: 'new.key', public: ['new.pub'], hosts: true });
    const old = await compose(first);
    await promote(first, old);
    const early = await compose(second);

    await expect(promote(second, early)).rejects.toThrow(/host-refuses/);

    expect(await stable()).toBe(old);
    const between = await compose(both);
    await promote(both, between);
    const last = await compose(second);
    await promote(second, last);
    expect(await stable()).toBe(last);
    expect(await pulls(between, `os@${last}`)).toEqual({ amd64: true });
    expect(await pulls(old, `os@${last}`)).toEqual({ amd64: false });
    const [oldKey, newKey] = await Promise.all([keysIn(old), keysIn(last)]);
    expect([oldKey.length, newKey.length]).toEqual([1, 1]);
    expect(await keysIn(between)).toEqual([...oldKey, ...newKey].sort());
  }, 300_000);

  const keysIn = async (image: Digest) =>
    (await names(image)).filter((path) => path.endsWith('.pub')).sort();
});

async function putBase(base: Repository): Promise<void> {
  const busybox = findProgram('busybox', env);
  if (!busybox) throw new Error('there is no busybox');
  const program = tarEntryBytes({ path: 'bin/busybox', mode: 0o755 }, await readFile(busybox));
  const files = tarLayer({
    ...Object.fromEntries(['sh', 'base64'].map((name) => [`bin/${name}`, { to: 'busybox' }])),
    'etc/containers/policy.json': JSON.stringify(BASE_POLICY),
  });
  await putLayers(base, [gzipSync(Buffer.concat([program, files]))], { tag: 'latest' });
}
