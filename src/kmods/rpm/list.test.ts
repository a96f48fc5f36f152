import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../../oci/memory.ts';
import { gzipLayer, putLayers, tarLayer } from '../../oci/testing/layers.ts';
import { openImage } from '../../oci/tree/image.ts';
import { anRpm } from '../../package/testing/rpm-builder.ts';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { readMends, writeKmodsImage } from '../image/image.ts';
import { collectRpms } from './collect.ts';
import { listRpms } from './list.ts';

const KERNEL = '6.17.8-300.fc43.x86_64';
const kmod = anRpm({
  name: `kmod-zfs-${KERNEL}`,
  version: '2.3.4',
  release: '1.fc43',
  files: { [`/lib/modules/${KERNEL}/extra/zfs/zfs.ko.xz`]: 'module' },
});
const zfs = anRpm({ name: 'zfs', version: '2.3.4', release: '1.fc43' });
const source = anRpm({ name: 'zfs-kmod', version: '2.3.4', isSource: true });
const key = {
  kernel: { release: KERNEL, version: KERNEL },
  modules: [{ name: 'zfs', version: '2.3.4', source: digestOf('x'), options: [] }],
  compiler: 'gcc',
  recipe: '1',
};

describe('listRpms', () => {
  it('takes one look at the manifest of an image of ours, and finds there what was built', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const mend = { package: `kmod-zfs-${KERNEL}`, mend: 'requirement', was: 'none', is: 'one' };
    await writeFile(at('any-name.rpm'), kmod);
    await writeFile(at('zfs.rpm'), zfs);
    await writeFile(at('zfs.src.rpm'), source);
    await writeFile(at('mends.json'), JSON.stringify([mend]));
    const packages = await collectRpms(folder.path);
    const repository = memoryRepository();
    const image = {
      key,
      architecture: 'amd64',
      created: '2026-01-01T00:00:00Z',
      packages,
      modules: { zfs: ['zfs'] },
      labels: { 'org.opencontainers.image.source': 'https://git.example.org/me/os' },
    };
    const stored = await writeKmodsImage(repository, image, {
      scratch: folder.path,
      compression: 'gzip',
    });

    const ours = await listRpms(repository, stored.digest, { contents: 'toc' });
    const read = await listRpms(repository, stored.digest, { contents: 'tar' });

    expect((await openImage(repository, stored.digest)).config.labels).toEqual(image.labels);
    expect(await readMends(repository, stored)).toEqual([mend]);
    expect(ours.packages).toEqual(read.packages);
    expect(ours.packages).toMatchObject([
      { path: 'any-name.rpm', name: `kmod-zfs-${KERNEL}`, version: '2.3.4-1.fc43', kernel: KERNEL },
      { path: 'src/zfs.src.rpm', isSource: true, digest: digestOf(source) },
      { path: 'zfs.rpm', name: 'zfs', size: zfs.length },
    ]);
    expect([ours.layout, read.layout]).toEqual(['lockstep', 'lockstep']);
    expect(ours.transfer.requests).toBe(3);
    expect(JSON.stringify(ours)).not.toContain('"kernel":null');
  });

  it('reads the headers in images of others, whatever the files are called', async () => {
    const repository = memoryRepository();
    const files = {
      'rpms/kmods/zfs/kmod-zfs-5.0.0-2.3.4-1.rpm': kmod,
      'rpms/kmods/zfs/other/zfs.rpm': zfs,
      'rpms/kmods/zfs/broken.rpm': 'no package',
      'kernel-rpms/note.txt': 'x',
    };
    await putLayers(repository, [tarLayer({ 'old.rpm': zfs }), gzipLayer(files)], {
      labels: { 'ostree.linux': KERNEL },
      tag: 'latest',
    });

    const listing = await listRpms(repository, 'latest');

    expect(listing).toMatchObject({
      layout: 'akmods',
      packages: [
        { path: 'old.rpm', name: 'zfs' },
        { path: 'rpms/kmods/zfs/broken.rpm', name: '', problem: 'not an RPM package' },
        { name: `kmod-zfs-${KERNEL}`, kernel: KERNEL, digest: digestOf(kmod) },
        { path: 'rpms/kmods/zfs/other/zfs.rpm', name: 'zfs' },
      ],
    });
  });

  it('lists nothing of an image without packages', async () => {
    const repository = memoryRepository();
    await putLayers(repository, [tarLayer({ a: 'b' })], { tag: 'latest' });

    expect((await listRpms(repository, 'latest')).packages).toEqual([]);
  });
});
