import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeKmodsImage } from '../../kmods/image/image.ts';
import { collectRpms } from '../../kmods/rpm/collect.ts';
import { openRepository } from '../../oci/open/open.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { anRpm } from '../../package/testing/rpm-builder.ts';
import { digestOf } from '../../system/digest.ts';
import { run } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');
const KERNEL = '6.17.8-300.fc43.x86_64';
const kmod = anRpm({
  name: `kmod-zfs-${KERNEL}`,
  version: '2.3.4',
  files: { [`/lib/modules/${KERNEL}/extra/zfs/zfs.ko.xz`]: 'module' },
});
const zfs = anRpm({ name: 'zfs', version: '2.3.4' });

async function aStore() {
  const folder = await temporaryFolder();
  const open = (name: string) =>
    openRepository(`oci:${join(folder.path, name)}`, { env: {}, cwd: folder.path });
  const rpms = join(folder.path, 'rpms');
  await mkdir(rpms);
  await writeFile(join(rpms, 'kmod.rpm'), kmod);
  await writeFile(join(rpms, 'zfs.rpm'), zfs);
  const key = {
    kernel: { release: KERNEL, version: KERNEL },
    modules: [{ name: 'zfs', version: '2.3.4', source: digestOf('x'), options: [] }],
    compiler: 'gcc',
    recipe: '1',
  };
  const image = { key, architecture: 'amd64', created: '2026-01-01T00:00:00Z' };
  const packages = await collectRpms(rpms);
  const options = { scratch: folder.path, compression: 'gzip' } as const;
  const ours = await writeKmodsImage(
    open('ours'),
    { ...image, packages, modules: { zfs: ['zfs'] } },
    options,
  );
  await open('ours').tag('main-43', ours);
  const akmods = { 'rpms/kmods/zfs/kmod.rpm': kmod, 'rpms/kmods/zfs/other/zfs.rpm': zfs };
  const labels = { 'ostree.linux': KERNEL };
  await putLayers(open('akmods'), [gzipLayer(akmods)], { labels, tag: 'main-43' });
  return folder;
}

const lockstep = (...args: string[]) => run(LOCKSTEP, ['rpms', ...args]);

describe('lockstep rpms', () => {
  it('lists what is in our images and in those of akmods, for people and for programs', async () => {
    await using store = await aStore();

    for (const name of ['ours', 'akmods']) {
      const reference = `oci:${store.path}/${name}:main-43`;
      const shown = await lockstep('list', reference);
      const { stdout } = await lockstep('list', reference, '--json');

      expect(shown.status, shown.stderr).toBe(0);
      expect(shown.stdout).toMatch(new RegExp(`kmod-zfs-${KERNEL} +2.3.4-1 +${KERNEL} +\\d+ +sha`));
      const document = JSON.parse(stdout) as { packages: unknown[] };
      expect(document.packages).toHaveLength(2);
      expect(document).toMatchObject({
        packages: [{ kernel: KERNEL, digest: digestOf(kmod), size: kmod.length }, { name: 'zfs' }],
      });
    }
  });

  it('fetches those that match, and none is an answer too', async () => {
    await using store = await aStore();
    const to = join(store.path, 'out');
    const reference = `oci:${store.path}/akmods:main-43`;

    const some = await lockstep('extract', reference, '-o', to, '**/kmod*.rpm');
    const none = await lockstep('extract', reference, '-o', to, 'nothing-*.rpm', '--json');

    expect([some.status, some.stdout], some.stderr).toEqual([0, 'rpms/kmods/zfs/kmod.rpm\n']);
    expect(await readFile(join(to, 'rpms/kmods/zfs/kmod.rpm'))).toEqual(kmod);
    expect(none.status).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({ files: [] });
  });

  it('exits with 2 when it is called wrongly', async () => {
    expect((await lockstep('list')).status).toBe(2);
    expect((await lockstep('frobnicate')).status).toBe(2);
  });
});
