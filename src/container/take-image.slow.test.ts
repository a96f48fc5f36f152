import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRegistry } from '../oci/open/open.ts';
import {
  type RegistryServer,
  type RegistryServerOptions,
  startDockerRegistry,
  whyNoRegistry,
} from '../oci/testing/docker-registry.ts';
import { startFaultProxy } from '../oci/testing/fault-proxy.ts';
import { putImage } from '../oci/testing/image.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { openBuildah, removeStorage } from './buildah.ts';
import { takeImage } from './take-image.ts';

const why = whyNoRegistry();
const login = { username: 'ann', password: 'secret' };

/** An environment that knows the login and the authority, by files that buildah is not told of. */
async function envFor(server: RegistryServer): Promise<NodeJS.ProcessEnv> {
  const path = join(server.folder, 'auth.json');
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  await writeFile(path, JSON.stringify({ auths: { [server.host]: { auth } } }));
  return { REGISTRY_AUTH_FILE: path, SSL_CERT_FILE: server.certificateFile };
}

/** Builds on an image of this registry by its digest, in a storage of its own. */
async function buildOn(host: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  await using folder = await temporaryFolder();
  const reader = openRegistry(`${host}/me`, { env, cwd: '/' }).repository('base');
  const { digest } = await putImage(reader, { layers: [Buffer.alloc(1024)], tag: 'v1' });
  const { PATH, HOME } = process.env;
  const options = { storage: join(folder.path, 'storage'), env: { PATH, HOME } };
  const buildah = await openBuildah(options);
  const name = `${host}/me/base`;

  await takeImage(buildah, { name, digest, reader }, folder.path);

  const recipe = `FROM ${name}@${digest} AS one\nFROM ${name}@${digest}\nCOPY --from=one / /\n`;
  await writeFile(join(folder.path, 'Containerfile'), recipe);
  const lines: string[] = [];
  const args = ['bud', '--isolation', 'chroot', '--layers=false', '--file', 'Containerfile', '.'];
  const onLine = (line: string) => lines.push(line);
  const { status } = await buildah.try(args, { cwd: folder.path, onLine });
  await removeStorage({ ...options, root: process.getuid?.() === 0 });
  return [`exit ${status}`, ...lines.filter((line) => /Trying to pull|http/i.test(line))];
}

describe.skipIf(why != null)(`takeImage ${why ?? ''}`, () => {
  it.each<[string, RegistryServerOptions]>([
    ['in the clear', {}],
    ['by TLS with an authority of its own, and a login', { tls: true, login }],
  ])('lets the container tool build on what we reach %s', async (_, options) => {
    await using server = await startDockerRegistry(options);

    expect(await buildOn(server.host, await envFor(server))).toEqual(['exit 0']);
  });

  it('lets it build on what takes a token', async () => {
    await using server = await startDockerRegistry();
    await using proxy = await startFaultProxy({ target: server.host, tokens: true });

    expect(await buildOn(proxy.host, {})).toEqual(['exit 0']);
    expect(proxy.log.some(({ authorized }) => authorized)).toBe(true);
  });
});
