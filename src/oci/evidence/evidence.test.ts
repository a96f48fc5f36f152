import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { aUnifiedImage } from '../../kernel/testing/unified-image.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { memoryRepository } from '../memory.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from '../testing/layers.ts';
import { findKernel } from './evidence.ts';

const NEW = '6.17.8-300.fc43.x86_64';
const OLD = '6.17.7-300.fc43.x86_64';

const kernelFiles = (...releases: string[]): LayerFiles =>
  Object.fromEntries(releases.map((release) => [`usr/lib/modules/${release}/vmlinuz`, 'x']));

interface Parts {
  files?: LayerFiles;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

async function reportOf({ files = {}, ...parts }: Parts, look?: 'deep' | 'metadata') {
  const repository = memoryRepository();
  const image = await putLayers(repository, [gzipLayer(files)], parts);
  return findKernel(repository, image, look ? { look } : {});
}

const rules = ({ findings }: Awaited<ReturnType<typeof reportOf>>) =>
  findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe('findKernel', () => {
  it('believes the files of the image', async () => {
    const report = await reportOf({ files: kernelFiles(NEW), labels: { 'ostree.linux': NEW } });
    expect(report).toMatchObject({ kernel: NEW, trust: 'seen', findings: [] });
    expect(report.evidence.map(({ source, trust }) => [source, trust])).toEqual([
      ['directory', 'seen'],
      ['label', 'inherited'],
    ]);
  });

  it('reports a label that the image inherited', async () => {
    const report = await reportOf({ files: kernelFiles(NEW), labels: { 'ostree.linux': OLD } });
    expect(report.kernel).toBe(NEW);
    expect(report.findings).toMatchObject([
      { rule: 'stale-label', severity: 'error', expected: NEW, found: OLD },
    ]);
  });

  it('reports several kernels, and leftovers of modules apart from them', async () => {
    const leftover = 'usr/lib/modules/6.1.0/extra/zfs.ko';
    const several = await reportOf({
      files: { ...kernelFiles(OLD, NEW), [leftover]: 'x' },
      labels: { 'ostree.linux': OLD },
    });
    expect(rules(several)).toEqual(['warning modules-without-kernel', 'error several-kernels']);
  });

  it('counts no folder of modules without an image beside a whole kernel', async () => {
    const files = {
      ...kernelFiles(NEW),
      [`usr/lib/modules/${OLD}/kernel/fs/ext4.ko`]: 'x',
      [`usr/lib/modules/${OLD}/modules.builtin`]: 'x',
    };
    const report = await reportOf({ files });
    expect(report.kernel).toBe(NEW);
    expect(rules(report)).toEqual(['warning modules-without-kernel']);
    const booted = { ...files, [`boot/EFI/Linux/fedora-${OLD}.efi`]: 'x' };
    expect(rules(await reportOf({ files: booted }))).toEqual(['error several-kernels']);
  });

  it('asks a unified image that is not named for its kernel', async () => {
    const modules = (release: string) => `usr/lib/modules/${release}/modules.builtin`;
    const files = {
      [modules(OLD)]: 'x',
      [modules(NEW)]: 'x',
      'efi/EFI/Linux/linux.efi': aUnifiedImage({ '.uname': `${NEW}\n` }),
    };
    const report = await reportOf({ files });
    expect(report.kernel).toBe(NEW);
    expect(rules(report)).toEqual(['warning modules-without-kernel']);
  });

  it('leaves out of the report what a kernel has links to', async () => {
    const module = `usr/lib/modules/${OLD}/extra/zfs.ko.xz`;
    const link = { to: `/usr/lib/modules/${OLD}/extra/zfs.ko.xz` };
    const files = {
      ...kernelFiles(NEW),
      [module]: 'x',
      [`usr/lib/modules/${NEW}/weak-updates/zfs.ko.xz`]: link,
    };
    expect(rules(await reportOf({ files }))).toEqual([]);
  });

  it('says when there is no kernel, and when it did not look', async () => {
    expect(rules(await reportOf({}))).toEqual(['error no-kernel']);
    const label = await reportOf({ labels: { 'ostree.linux': NEW } }, 'metadata');
    expect(rules(label)).toEqual(['warning kernel-not-seen']);
    expect(label.layers).toEqual([]);
  });

  it.each([
    [{ annotations: { 'dev.lockstep.kernel': NEW } }, NEW],
    [{ labels: { 'org.opencontainers.image.version': `${NEW}-20261101` } }, NEW],
    [
      { labels: { 'io.github.samhclark.fedora-zfs-kmods.kernel.version': '6.17.8-300.fc43' } },
      '6.17.8-300.fc43',
    ],
    [{ labels: { 'nas.bootc.kernel-version': NEW } }, NEW],
    [
      {
        labels: {
          'dev.hhd.rechunk.info': JSON.stringify({
            version: 2,
            packages: { bash: '5', kernel: '6.17.8-300.fc43' },
          }),
        },
      },
      NEW,
    ],
    [{ labels: { 'org.opencontainers.image.version': '43.20260227.1' } }, undefined],
    [{ labels: { 'ostree.linux': '<no value>' } }, undefined],
    [{ labels: { 'dev.hhd.rechunk.info': '{' } }, undefined],
  ] satisfies [Parts, string | undefined][])('reads metadata %j', async (parts, kernel) => {
    expect((await reportOf(parts, 'metadata')).kernel).toBe(kernel);
  });

  it('takes a release without its machine for the same', async () => {
    const report = await reportOf({
      files: kernelFiles(NEW),
      labels: { 'x.kernel.version': '6.17.8-300.fc43' },
    });
    expect(report.findings).toEqual([]);
  });

  it('reads the version of an akmods index and reports platforms that disagree', async () => {
    const repository = memoryRepository();
    const amd = await putImage(repository, {
      layers: [tarLayer({})],
      labels: { 'ostree.linux': NEW },
    });
    const arm = await putImage(repository, {
      layers: [tarLayer({})],
      architecture: 'arm64',
      labels: { 'ostree.linux': '6.17.7-300.fc43.aarch64' },
    });
    const members = [amd, arm].map((image, at) => ({
      ...image,
      platform: { os: 'linux', architecture: at ? 'arm64' : 'amd64' },
    }));
    await putIndex(repository, members, {
      tag: 'latest',
      annotations: { 'org.opencontainers.image.version': 'coreos-stable-43-6.17.8-300.fc43' },
    });
    const report = await findKernel(repository, 'latest', { look: 'metadata' });
    expect(report).toMatchObject({ kernel: '6.17.8-300.fc43', trust: 'stated' });
    expect(report.findings).toMatchObject([{ rule: 'platforms-disagree', severity: 'error' }]);
  });

  it('finds kernel packages that lie in the image as files', async () => {
    const report = await reportOf({
      files: { [`kernel-rpms/kernel-core-${NEW}.rpm`]: '', [`kernel-rpms/kernel-${NEW}.rpm`]: '' },
    });
    expect(report.evidence).toMatchObject([{ source: 'package', kernel: NEW, trust: 'seen' }]);
  });

  it('reads the rpm database when asked, and reports that it disagrees', async () => {
    const database = await anRpmDatabase([['kernel-core', '6.17.7', '300.fc43']]);
    const files = { ...kernelFiles(NEW), 'usr/share/rpm/rpmdb.sqlite': database };
    const report = await reportOf({ files }, 'deep');
    expect(report.evidence).toMatchObject([
      { source: 'directory' },
      { source: 'rpm-database', kernel: OLD },
    ]);
    expect(rules(report)).toEqual(['error several-kernels']);
  });

  it.each([
    ['var/lib/rpm/Packages', 'BerkeleyDB'],
    ['usr/lib/sysimage/rpm/Packages.db', 'ndb'],
  ])('names the format of an rpm database that it does not read: %s', async (path, format) => {
    const report = await reportOf({ files: { ...kernelFiles(NEW), [path]: 'x' } }, 'deep');

    expect(report.kernel).toBe(NEW);
    expect(report.findings).toMatchObject([
      { rule: 'rpm-database-unread', severity: 'warning', found: format },
    ]);
  });

  it('refuses an rpm database that is none', async () => {
    const files = { 'usr/share/rpm/rpmdb.sqlite': 'no database at all'.repeat(100) };
    await expect(reportOf({ files }, 'deep')).rejects.toMatchObject({ code: 'invalid-content' });
    const view = await aDatabase((db) =>
      db.exec('CREATE VIEW Packages AS SELECT 1; CREATE TABLE Name (key)'),
    );
    await expect(
      reportOf({ files: { 'usr/share/rpm/rpmdb.sqlite': view } }, 'deep'),
    ).rejects.toMatchObject({ code: 'invalid-content' });
  });

  it('reads only the layer that says it holds the kernel', async () => {
    const repository = memoryRepository();
    const noise = Buffer.alloc(100_000, 7);
    const layers = [tarLayer({ noise }), gzipLayer(kernelFiles(NEW))];
    const image = await putLayers(repository, layers, {
      labels: { 'ostree.linux': NEW },
      history: ['chunkah/unclaimed', 'rpm/bash rpm/kernel bigfiles/initramfs.img'],
    });
    const report = await findKernel(repository, image, { cheap: 50_000 });
    expect(report.evidence[0]).toMatchObject({
      trust: 'seen',
      where: `layer 1, usr/lib/modules/${NEW}`,
    });
    expect(report.transfer.bytes).toBeLessThan(5000);
  });
});

async function aDatabase(fill: (db: DatabaseSync) => void): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'db');
  const db = new DatabaseSync(path);
  fill(db);
  db.close();
  return await readFile(path);
}

function anRpmDatabase(
  packages: [name: string, version: string, release: string][],
): Promise<Buffer> {
  return aDatabase((db) => {
    db.exec(
      'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL); CREATE TABLE Name (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)',
    );
    for (const [index, [name, version, release]] of packages.entries()) {
      db.prepare('INSERT INTO Packages VALUES (?, ?)').run(
        index + 1,
        anRpmHeader({ 1000: name, 1001: version, 1002: release, 1022: 'x86_64' }),
      );
      db.prepare('INSERT INTO Name VALUES (?, ?, 0)').run(name, index + 1);
    }
  });
}

function anRpmHeader(tags: Record<number, string>): Buffer {
  const store = Buffer.from(
    Object.values(tags)
      .map((text) => `${text}\0`)
      .join(''),
  );
  const entries = Object.entries(tags);
  const head = Buffer.alloc(8 + 16 * entries.length);
  head.writeUInt32BE(entries.length, 0);
  head.writeUInt32BE(store.length, 4);
  let offset = 0;
  for (const [index, [tag, text]] of entries.entries()) {
    for (const [field, value] of [Number(tag), 6, offset, 1].entries())
      head.writeUInt32BE(value, 8 + 16 * index + 4 * field);
    offset += text.length + 1;
  }
  return Buffer.concat([head, store]);
}
