import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBuildah, removeStorage } from '../src/container/buildah.ts';
import { chooseRpms } from '../src/container/dnf.ts';
import { readLayers, writeImage } from '../src/container/image.ts';
import { writeLayer } from '../src/container/layer.ts';
import { writeTar } from '../src/file/tar/write.ts';
import { openLayoutRegistry } from '../src/oci/layout/layout.ts';
import type { Registry } from '../src/oci/repository.ts';
import { makeCertificate } from '../src/oci/testing/docker-registry.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { makeTestbed } from '../testbed/testbed.ts';

const PLACE = 'usr/share/testbed/extras/';

/** The packages that the testbed distribution brings in a folder, by their names in that. */
async function repositoryIn(images: Registry): Promise<Map<string, Uint8Array>> {
  const tree = await openImageTree(images.repository('base'), 'latest', { contents: 'tar' });
  const paths = new Set<string>();
  for await (const { path, type } of tree.list(PLACE)) if (type === 'file') paths.add(path);
  const files = new Map<string, Uint8Array>();
  for await (const { path, content } of tree.readMany(paths)) files.set(`/${path}`, content);
  return files;
}

/** Serves the files by TLS, with an authority that the machine does not know. */
async function serve(files: ReadonlyMap<string, Uint8Array>, folder: string) {
  const authorities = makeCertificate(folder);
  const key = await readFile(join(folder, 'tls.key'));
  const server = createServer({ key, cert: await readFile(authorities) }, (request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content ? 200 : 404).end(content);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { authorities, address: `https://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

/** The same image, whose packages come from that address. */
async function served(images: Registry, address: string, scratch: string): Promise<void> {
  const base = images.repository('base');
  const told = `[extras]\nname=extras\nbaseurl=${address}/${PLACE}\nenabled=1\ngpgcheck=0\n`;
  const body = Buffer.from(told);
  const header = { path: 'etc/yum.repos.d/extras.repo', size: body.length };
  const layers = await readLayers(base, 'latest');
  const layer = await writeLayer(base, writeTar([{ header, body }]), { scratch });
  const created = new Date(0).toISOString();
  const all = [...layers, layer];
  const history = all.map(() => 'test');
  const image = { architecture: 'amd64', created, layers: all, history };
  await base.tag('served', await writeImage(base, image));
}

describe(chooseRpms, () => {
  it('trusts the authority of the user beside those of the image, and no other', async () => {
    await using folder = await temporaryFolder();
    const images = openLayoutRegistry(join(folder.path, 'images'));
    await makeTestbed({ cache: DEFAULT_CACHE, env: process.env, images, only: 'base' });
    await using server = await serve(await repositoryIn(images), folder.path);
    await served(images, server.address, folder.path);
    const storage = { storage: join(folder.path, 'storage'), env: process.env };
    const buildah = await openBuildah(storage);
    const request = {
      from: { reference: 'oci:images/base:served', cwd: folder.path },
      packages: ['hello-testbed'],
      pool: join(folder.path, 'pool'),
      scratch: folder.path,
    };
    const choose = (authorities?: string) =>
      chooseRpms(buildah, { ...request, authorities }, () => {});

    await expect(choose()).rejects.toMatchObject({ code: 'archive' });
    await expect(choose('/nowhere.pem')).rejects.toMatchObject({ code: 'config' });
    const chosen = await choose(server.authorities);

    expect(chosen.map(({ name }) => name)).toContain('hello-testbed');
    await removeStorage({ ...storage, root: process.getuid?.() === 0 });
  });
});
