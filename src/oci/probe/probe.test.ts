import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../memory.ts';
import { putIndex } from '../testing/image.ts';
import { gzipLayer, putLayers, tarLayer } from '../testing/layers.ts';
import { probeCache } from './probe.ts';
import type { ProbeQuestion } from './question.ts';

const KERNEL = '6.17.8-300.fc43.x86_64';
const OTHER = '6.17.7-300.fc43.x86_64';
const question: ProbeQuestion = { module: 'zfs', kernel: KERNEL };

const kmod = (kernel: string, version = '2.3.4') =>
  `kmod-zfs-${kernel}-${version}-1.fc43.x86_64.rpm`;

describe('probeCache of our own caches', () => {
  const annotations = {
    'dev.lockstep.kernel': KERNEL,
    'dev.lockstep.module.zfs': '2.3.4',
    'dev.lockstep.key': 'sha256:0',
  };

  it.each([
    [question, 'yes'],
    [{ ...question, version: '2.3.4' }, 'yes'],
    [{ ...question, version: '2.3.5' }, 'stale'],
    [{ ...question, kernel: OTHER }, 'stale'],
    [{ ...question, module: 'nvidia' }, 'no'],
  ] satisfies [ProbeQuestion, string][])(
    'answers %j with %s by the manifest alone',
    async (asked, answer) => {
      const repository = memoryRepository();
      await putLayers(repository, [tarLayer({ x: 'y' })], { annotations, tag: 'main-43' });
      const report = await probeCache(repository, 'main-43', asked);
      expect(report).toMatchObject({ answer, layout: 'lockstep', kernel: KERNEL });
      expect(report.transfer.requests).toBe(2);
    },
  );

  it('knows modules by their own names beside that of their source, and tells them all', async () => {
    const repository = memoryRepository();
    const modules = ['hid_kye', 'hid_uclogic'];
    const more = {
      'dev.lockstep.module.digimend': '13-3',
      'dev.lockstep.modules': JSON.stringify({ zfs: ['zfs'], digimend: modules }),
    };
    const image = { annotations: { ...annotations, ...more }, tag: 'main-43' };
    await putLayers(repository, [tarLayer({ x: 'y' })], image);

    for (const module of ['digimend', 'hid-uclogic', 'hid_kye'])
      expect(await probeCache(repository, 'main-43', { ...question, module })).toMatchObject({
        answer: 'yes',
        version: '13-3',
        modules,
      });
    expect(await probeCache(repository, 'main-43', { ...question, module: 'hid' })).toMatchObject({
      answer: 'no',
    });
  });

  it('tries the tags that name the kernel when none is given', async () => {
    const repository = memoryRepository();
    const tag = `zfs-2.3.4_kernel-${KERNEL}`;
    await putLayers(repository, [tarLayer({})], { annotations, tag });
    await putLayers(repository, [tarLayer({ a: '' })], {
      annotations,
      tag: `zfs-2.3.3_kernel-${KERNEL}`,
    });
    expect(
      await probeCache(repository, undefined, { ...question, version: '2.3.4' }),
    ).toMatchObject({ answer: 'yes', tag });
    expect(await probeCache(repository, undefined, { ...question, kernel: OTHER })).toMatchObject({
      answer: 'stale',
    });
    expect(await probeCache(memoryRepository(), undefined, question)).toMatchObject({
      answer: 'no',
    });
  });
});

describe('probeCache of akmods', () => {
  const labels = {
    'ostree.linux': KERNEL,
    'org.opencontainers.image.version': `${KERNEL}-20261101`,
  };
  const files = {
    'kernel-rpms/kernel-core.rpm': 'x'.repeat(2000),
    [`rpms/kmods/zfs/${kmod(KERNEL)}`]: 'rpm',
    [`rpms/kmods/zfs/debug/${kmod(OTHER)}`]: '',
  };

  it('says yes only to what the file names say', async () => {
    const repository = memoryRepository();
    const image = await putLayers(repository, [tarLayer({ base: '' }), gzipLayer(files)], {
      labels,
    });
    await putIndex(repository, [image], { tag: 'coreos-stable-43-6.17.8-300.fc43' });
    const report = await probeCache(repository, undefined, { ...question, version: '2.3.4' });
    expect(report).toMatchObject({
      answer: 'yes',
      layout: 'akmods',
      version: '2.3.4',
      packages: [`rpms/kmods/zfs/${kmod(KERNEL)}`],
    });
    expect(
      await probeCache(repository, image.digest, { ...question, version: '2.3.5' }),
    ).toMatchObject({ answer: 'stale' });
    expect(
      await probeCache(repository, image.digest, { ...question, module: 'nvidia' }),
    ).toMatchObject({ answer: 'no' });
  });

  it('is stale though the label names the kernel when the packages do not', async () => {
    const repository = memoryRepository();
    const old = { [`rpms/kmods/zfs/${kmod(OTHER)}`]: '' };
    await putLayers(repository, [gzipLayer(old)], { labels, tag: 'latest' });
    expect(await probeCache(repository, 'latest', question)).toMatchObject({
      answer: 'stale',
      packages: [`rpms/kmods/zfs/${kmod(OTHER)}`],
    });
  });

  it.each([
    ['a label of the base', { 'ostree.linux': '6.16.1-200.fc43.x86_64' }],
    [
      'what rechunk wrote of the base',
      { 'dev.hhd.rechunk.info': '{"packages":{"kernel-core":"6.16.1-200.fc43"}}' },
    ],
    ['no label', {}],
    ['the right label', { 'ostree.linux': KERNEL }],
  ] as [string, Record<string, string>][])(
    'goes by the packages beside %s',
    async (_, inherited) => {
      const repository = memoryRepository();
      await putLayers(repository, [gzipLayer(files)], { labels: inherited, tag: 'latest' });
      const ask = async (over: Partial<ProbeQuestion>) =>
        (await probeCache(repository, 'latest', { ...question, ...over })).answer;

      expect(await ask({})).toBe('yes');
      expect(await ask({ module: 'nvidia' })).toBe('no');
      expect(await ask({ kernel: '6.16.1-200.fc43.x86_64' })).toBe('stale');
    },
  );

  it('refuses by the label without reading a layer', async () => {
    const repository = memoryRepository();
    await putLayers(repository, [gzipLayer(files)], { labels, tag: 'latest' });
    const report = await probeCache(repository, 'latest', { ...question, kernel: OTHER });
    expect(report).toMatchObject({ answer: 'stale', kernel: KERNEL });
    expect(report.transfer.requests).toBe(4);
  });

  it('leaves out packages that an upper layer took away', async () => {
    const repository = memoryRepository();
    const gone = { [`rpms/kmods/zfs/.wh.${kmod(KERNEL)}`]: '' };
    await putLayers(repository, [gzipLayer(files), tarLayer(gone)], { labels, tag: 'latest' });
    expect(await probeCache(repository, 'latest', question)).toMatchObject({ answer: 'no' });
  });
});

describe('probeCache of fedora-zfs-kmods', () => {
  it('finds packages at the root', async () => {
    const repository = memoryRepository();
    const labels = { 'io.github.samhclark.fedora-zfs-kmods.kernel.version': KERNEL };
    const files = { [kmod(KERNEL)]: 'rpm', [`debug/${kmod(OTHER)}`]: '' };
    await putLayers(repository, [gzipLayer(files)], { labels, tag: `zfs-2.3.4_kernel-${KERNEL}` });
    expect(await probeCache(repository, undefined, question)).toMatchObject({
      answer: 'yes',
      layout: 'fedora-zfs-kmods',
      version: '2.3.4',
    });
  });
});
