import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeLayer } from '../src/container/layer.ts';
import { type TarMember, writeTar } from '../src/file/tar/write.ts';
import { digestOfFile, digestOfJson } from '../src/system/digest.ts';
import { runOk } from '../src/system/process.ts';
import { type Parts, remembered, type Stage } from './parts.ts';

/** A repository of RPMs inside of an image. */
export interface RpmRepository {
  /** What dnf calls it. */
  name: string;
  rpms: readonly string[];
}

/** Adds a layer with a repository under `/usr/share/testbed/NAME` that dnf is told of. */
export async function addRepository(
  base: Stage,
  { name, rpms }: RpmRepository,
  parts: Parts,
): Promise<Stage> {
  const digests = await Promise.all(rpms.map(async (path) => (await digestOfFile(path)).digest));
  const key = digestOfJson({ base: base.key, repository: name, digests });
  const layers = await remembered(parts, key, async (scratch) => {
    const folder = join(scratch, 'repository');
    await indexRpms(rpms, folder);
    const tar = writeTar(await membersOf(name, folder));
    return [...base.layers, await writeLayer(parts.repository, tar, { scratch })];
  });
  return { layers, key };
}

async function indexRpms(rpms: readonly string[], folder: string): Promise<void> {
  await mkdir(folder);
  for (const path of rpms) {
    const target = join(folder, basename(path));
    await link(path, target).catch(() => copyFile(path, target));
  }
  const same = ['--revision', '0', '--set-timestamp-to-revision', '--simple-md-filenames'];
  await runOk('createrepo_c', ['--quiet', '--no-database', '--workers', '2', ...same, folder]);
}

async function membersOf(name: string, folder: string): Promise<TarMember[]> {
  const place = `usr/share/testbed/${name}`;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const members: TarMember[] = [];
  for (const { parentPath, name: file } of files) {
    const path = join(parentPath, file);
    const { size } = await digestOfFile(path);
    const target = join(place, path.slice(folder.length + 1));
    members.push({ header: { path: target, size }, body: createReadStream(path) });
  }
  const folders = new Set(members.map(({ header }) => dirname(header.path)));
  const config = `[${name}]\nname=${name}\nbaseurl=file:///${place}\nenabled=1\ngpgcheck=0\n`;
  const own = Buffer.from(config);
  return [
    ...[...folders].sort().map((path): TarMember => ({ header: { path, type: 'directory' } })),
    ...members,
    { header: { path: `etc/yum.repos.d/${name}.repo`, size: own.length }, body: own },
  ];
}
