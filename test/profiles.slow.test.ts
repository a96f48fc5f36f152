import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copy } from '../src/oci/copy.ts';
import { openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { requireDescriptor } from '../src/oci/manifest.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import { type RegistryServer, startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { openImage } from '../src/oci/tree/image.ts';
import { type ScriptedGithub, startGithub } from '../src/source/testing/github.ts';
import { aSignedRelease, aSigner, type Signer } from '../src/source/testing/github-release.ts';
import { run } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { makeTestbed } from '../testbed/testbed.ts';

/** What the profiles name, and where a stand-in of it lies in the registry of this test. */
const BASES = [
  ['ublue-os', 'kinoite-main', 'latest'],
  ['fedora', 'fedora-coreos', 'stable'],
  ['fedora', 'fedora-bootc', 'latest'],
] as const;

const HOSTS = ['ghcr.io', 'quay.io', 'api.github.com', 'builds.coreos.fedoraproject.org'];
const ROOT = join(import.meta.dirname, '..');

const servers: Server[] = [];
let folder: TemporaryFolder;
let registry: RegistryServer;
let github: ScriptedGithub;
let signer: Signer;
let env: NodeJS.ProcessEnv;
/** What Fedora CoreOS would publish of the build, by its path. */
const builds = new Map<string, object>();

beforeAll(async () => {
  folder = await temporaryFolder();
  registry = await startDockerRegistry();
  signer = await aSigner();
  github = await startGithub([await aSignedRelease(signer, '2.4.2')]);
  await publishBases();
  await copyProgram();
  const front = await listen(createTlsServer(await certificate(), route));
  const proxy = createServer().on('connect', (_, socket) => {
    const inner = connect(front, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    inner
      .on('error', () => socket.destroy())
      .pipe(socket)
      .on('error', () => inner.destroy());
    socket.pipe(inner);
  });
  const HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
  env = { ...process.env, HTTPS_PROXY, SSL_CERT_FILE: join(folder.path, 'tls.crt') };
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await registry[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  await signer[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** An image of the testbed distribution in place of each base. */
async function publishBases(): Promise<void> {
  const images = openLayoutRegistry(join(folder.path, 'images'));
  await makeTestbed({ cache: DEFAULT_CACHE, env: process.env, images, only: 'base' });
  const base = images.repository('base');
  const { config } = await openImage(base, 'latest');
  const descriptor = await requireDescriptor(base, 'latest');
  const version = config.labels['org.opencontainers.image.version'] ?? '';
  for (const [owner, name, tag] of BASES) {
    const place = openRegistry(`${registry.host}/${owner}`, { env: process.env, cwd: '/' });
    await copy(base, place.repository(name), descriptor, { tags: [tag] });
  }
  const artifacts = { metal: { release: version } };
  builds.set('/streams/stable.json', { architectures: { x86_64: { artifacts } } });
  builds.set(`/prod/streams/stable/builds/${version}/x86_64/commitmeta.json`, {
    'ostree.linux': config.labels['ostree.linux'],
  });
}

/** The program as it is, but for whom it trusts with releases of OpenZFS. */
async function copyProgram(): Promise<void> {
  for (const name of ['src', 'data', 'docs', 'scenarios', 'package.json'])
    await cp(join(ROOT, name), join(folder.path, 'program', name), { recursive: true });
  await copyFile(signer.keyring, join(folder.path, 'program/data/openzfs/release-keys.asc'));
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'program/node_modules'));
}

/** A certificate for all hosts, which is its own authority. */
async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const [key, cert] = [join(folder.path, 'tls.key'), join(folder.path, 'tls.crt')];
  const names = `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(',')}`;
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-days', '2', '-subj', '/CN=stand-ins', '-addext', names];
  const args = ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert];
  execFileSync('openssl', args, { stdio: 'pipe' });
  return { key: await readFile(key), cert: await readFile(cert) };
}

/** Each host is answered by its stand-in. */
const route: RequestListener = (incoming, outgoing) => {
  const { url = '/', method, headers } = incoming;
  if (headers.host === 'builds.coreos.fedoraproject.org') {
    const found = builds.get(url);
    outgoing.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? {}));
    return;
  }
  const api = headers.host === 'api.github.com';
  const target = api ? new URL(github.repository).origin : `http://${registry.host}`;
  const passed = request(new URL(url, target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
};

describe('lockstep init, then check, where the base is an image', () => {
  it.each(['kinoite', 'coreos', 'bootc'])('%s says yes without an edit', async (profile) => {
    const project = join(folder.path, profile);
    const main = join(folder.path, 'program/src/command/main.ts');
    const lockstep = (...args: string[]) => run(process.execPath, [main, ...args], { env });

    await mkdir(project);
    const made = await lockstep('init', '--profile', profile, '-C', project);
    const checked = await lockstep('check', '-C', project);

    expect(made.status, made.stderr).toBe(0);
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    expect(checked.stdout).toMatch(new RegExp(`^${profile}-zfs: Linux 6\\.\\S+ fits\n`));
    expect(checked.stdout).not.toContain('warning');
  });
});
