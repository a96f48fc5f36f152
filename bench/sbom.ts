/**
 * `sbom` of an image of about 2 GB as zstd:chunked, of real packages, in a docker-registry: the
 * share of its bytes that the registry serves (goal 5 %), and whether it lists what dpkg-query does.
 * The image is made once and kept in ~/.cache/lockstep-bench, which may be deleted at any time.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asImage } from '../src/oci/artifact.ts';
import { copy } from '../src/oci/copy.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { readManifest, requireDescriptor } from '../src/oci/manifest.ts';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../src/oci/media-type.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Repository } from '../src/oci/repository.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { startFaultProxy } from '../src/oci/testing/fault-proxy.ts';
import { putBlob, putManifest } from '../src/oci/testing/image.ts';
import { chunkImage } from '../src/oci/toc/chunked-image.ts';
import { digestOfFile } from '../src/system/digest.ts';
import { runOk } from '../src/system/process.ts';
import { runTimed } from './processor-time.ts';

const CACHE = join(homedir(), '.cache/lockstep-bench');
const main = join(import.meta.dirname, '../dist/main.cjs');

const kept = join(CACHE, 'sbom');
if (!existsSync(kept)) await makeImage(kept);
const layout = openLayouts(kept).repository('os');
const image = await requireDescriptor(layout, 'latest');
const { manifest } = asImage(await readManifest(layout, image));
const size = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);

await using server = await startDockerRegistry();
await using proxy = await startFaultProxy({ target: server.host });
await copy(layout, openLocal(server.host).repository('os'), image, { tags: ['latest'] });
const run = await runTimed(process.execPath, [main, 'sbom', `${proxy.host}/os:latest`]);
const served = proxy.log.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
const listed = listOf(run.stdout);
const wanted = (await readFile(join(kept, 'packages.txt'), 'utf8')).trim().split('\n');
const same = JSON.stringify(listed) === JSON.stringify(wanted);
console.log(
  `sbom of ${(size / 1e9).toFixed(2)} GB: ${(served / 1e6).toFixed(1)} MB served in ${proxy.log.length} requests, ${((100 * served) / size).toFixed(2)} % (goal 5), ${run.elapsed.toFixed(1)} s, ${run.seconds.toFixed(1)} s of the processor`,
);
console.log(
  `sbom: ${listed.length} packages, ${same ? 'the same as' : 'not the same as'} dpkg-query's ${wanted.length}`,
);
if (!same) process.exitCode = 1;

function openLayouts(folder: string) {
  return openRegistry(`oci:${folder}`, { env: {}, cwd: '/' });
}

function openLocal(host: string) {
  return openRegistry(host, { env: {}, cwd: '/' });
}

/** The packages of a document of SPDX, as `dpkg-query` lists them. */
function listOf(text: string): string[] {
  const { packages } = JSON.parse(text) as {
    packages: { SPDXID: string; name: string; versionInfo: string }[];
  };
  const debs = packages.filter(({ SPDXID }) => SPDXID.startsWith('SPDXRef-deb-'));
  const lines = debs.map(({ name, versionInfo }) => Buffer.from(`${name} ${versionInfo}`));
  return lines.sort((one, other) => one.compare(other)).map(String);
}

/** Makes the image in a folder, which appears when it is whole. */
async function makeImage(folder: string): Promise<void> {
  const fresh = `${folder}.fresh`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const tar = join(fresh, 'root.tar');
  const script = join(import.meta.dirname, 'sbom-image.sh');
  await runOk('sh', [script, tar, join(fresh, 'packages.txt')], { timeout: 3_600_000 });
  const layouts = openLayouts(fresh);
  const plain = await putRoot(layouts.repository('plain'), tar);
  const os = layouts.repository('os');
  const chunked = await chunkImage(layouts.repository('plain'), os, plain, { scratch: fresh });
  await os.tag('latest', chunked);
  await Promise.all([tar, join(fresh, 'plain')].map((path) => rm(path, { recursive: true })));
  await rename(fresh, folder);
}

/** Stores an archive as an image of one layer. */
async function putRoot(repository: Repository, tar: string): Promise<Descriptor> {
  const layer = { mediaType: OCI_LAYER, ...(await digestOfFile(tar)) };
  await repository.write(layer, createReadStream(tar));
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs });
  return putManifest(repository, {
    mediaType: OCI_MANIFEST,
    config: await putBlob(repository, OCI_CONFIG, config),
    layers: [layer],
  });
}
