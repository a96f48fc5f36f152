import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KMODS_ANNOTATION, readModuleSets, writeKmodsImage } from '../src/kmods/image/image.ts';
import { KmodsKey } from '../src/kmods/image/key.ts';
import { readManifest } from '../src/oci/manifest.ts';
import type { Repository } from '../src/oci/repository.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { openArchive } from '../src/stream/debian/apt/archive.ts';
import { fetchPackages, pooledPath } from '../src/stream/debian/apt/fetch.ts';
import { packageSet } from '../src/stream/debian/apt/package-set.ts';
import { resolvePackages } from '../src/stream/debian/apt/resolve.ts';
import { flavourOf, listKernels } from '../src/stream/debian/kernel.ts';
import { runOk } from '../src/system/process.ts';

/** A module of another real kernel of the archive: the newest 6.1 of the generic flavour. */
async function foreignModule(work: string): Promise<string> {
  const archive = await openArchive(
    { suites: ['bookworm'], components: ['main', 'contrib'] },
    { folder: join(work, 'apt'), env: process.env, withSources: true },
  );
  const kernel = (await listKernels(archive))
    .filter(({ release }) => flavourOf(release) === 'amd64' && release.startsWith('6.1.0-'))
    .at(-1);
  if (!kernel) throw new Error('the archive has no generic kernel');
  const set = await resolvePackages(archive, {
    packages: [kernel.package],
    includeEssential: false,
  });
  const image = packageSet(set.packages.filter(({ name }) => name === kernel.package));
  await fetchPackages(archive, image, { pool: join(work, 'pool') });
  const deb = pooledPath(join(work, 'pool'), image.packages[0] ?? { sha256: '' });
  const path = `./lib/modules/${kernel.release}/kernel/lib/crc7.ko`;
  await runOk('sh', ['-c', `dpkg-deb --fsys-tarfile '${deb}' | tar -x -C '${work}' ${path}`]);
  return join(work, path);
}

/**
 * Puts a module of another kernel into the kmods image that a tag names, under the module's own
 * name and with all annotations as they were, as a stale or mixed-up cache would.
 */
export async function poisonKmods(
  repository: Repository,
  tag: string,
  work: string,
): Promise<void> {
  const { manifest, descriptor } = await readManifest(repository, tag);
  const annotations = manifest.annotations ?? {};
  const key = KmodsKey.parse(JSON.parse(annotations[KMODS_ANNOTATION.keyInputs] ?? ''));
  const tree = await openImageTree(repository, tag);
  const folder = join(work, 'poison');
  await mkdir(folder, { recursive: true });
  for await (const { path } of tree.list('')) {
    if (path.endsWith('.deb') && !path.startsWith('debug/')) {
      await writeFile(join(folder, path), await tree.read(path));
    }
  }
  const [name = ''] = await readdir(folder);
  const unpacked = join(work, 'unpacked');
  await runOk('dpkg-deb', ['--raw-extract', join(folder, name), unpacked]);
  const foreign = await foreignModule(work);
  await runOk('sh', ['-c', `cp '${foreign}' "$(find '${unpacked}' -name '*.ko')"`]);
  await runOk('dpkg-deb', ['--root-owner-group', '--build', unpacked, join(folder, name)]);
  const packages = [{ path: join(folder, name), folder: '/' as const }];
  const created = new Date().toISOString();
  const modules = await readModuleSets(repository, descriptor);
  const image = { key, architecture: 'amd64', created, packages, modules };
  await repository.tag(tag, await writeKmodsImage(repository, image, { scratch: work }));
  await rm(unpacked, { recursive: true });
}
