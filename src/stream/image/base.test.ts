import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Repository } from '../../oci/repository.ts';
import {
  gzipLayer,
  type LayeredParts,
  type LayerFiles,
  putLayers,
} from '../../oci/testing/layers.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { type ImageBase, resolveImageBase } from './base.ts';

const kernel = (release: string): LayerFiles => ({
  [`usr/lib/modules/${release}/vmlinuz`]: 'kernel',
  [`usr/lib/modules/${release}/kernel/fs/ext4.ko.xz`]: 'module',
});
const SYSTEM: LayerFiles = {
  'usr/lib/os-release': 'ID=fedora\nVERSION_ID=44\n',
  'usr/bin/dnf': 'program',
};

async function aBase(files: LayerFiles, parts: LayeredParts = {}): Promise<Repository> {
  const repository = memoryRegistry().repository('base');
  await putLayers(repository, [gzipLayer(files)], { tag: 'latest', ...parts });
  return repository;
}

async function resolve(repository: Repository): Promise<ImageBase> {
  await using folder = await temporaryFolder();
  const platform = { os: 'linux', architecture: 'amd64' };
  return await resolveImageBase(repository, 'latest', { platform, cache: folder.path });
}

describe(resolveImageBase, () => {
  it('pins the image and reads system and kernels of its files, the newest kernel last', async () => {
    const files = { ...SYSTEM, ...kernel('7.0.10-200.fc44.x86_64'), ...kernel('7.0.9-1.fc44') };
    const repository = await aBase(files);

    expect(await resolve(repository)).toEqual({
      digest: (await repository.resolve('latest'))?.digest,
      architecture: 'amd64',
      os: { id: 'fedora', version: '44' },
      kernels: ['7.0.9-1.fc44', '7.0.10-200.fc44.x86_64'],
      installer: 'dnf',
      compression: 'xz',
      doubts: [],
    });
  });

  it('finds the immutable tag by the version that the image tells', async () => {
    const labels = { 'org.opencontainers.image.version': '44.20261120.0' };
    const repository = await aBase({ ...SYSTEM, ...kernel('7.0.9') }, { labels });
    const descriptor = await repository.resolve('latest');
    if (descriptor) await repository.tag('44.20261120.0', descriptor);

    expect(await resolve(repository)).toMatchObject({
      version: '44.20261120.0',
      tag: '44.20261120.0',
    });
  });

  it('doubts a label that names a kernel which is not there', async () => {
    const labels = { 'ostree.linux': '6.19.1-100.fc43' };
    const repository = await aBase({ ...SYSTEM, ...kernel('7.0.9') }, { labels });

    const { kernels, doubts } = await resolve(repository);

    expect(kernels).toEqual(['7.0.9']);
    expect(doubts).toEqual([expect.stringMatching(/6\.19\.1-100\.fc43, the image holds 7\.0\.9/)]);
  });

  it.each<[string, LayerFiles, RegExp]>([
    ['no kernel', SYSTEM, /holds no kernel/],
    ['nothing that installs packages', { ...kernel('7.0.9') }, /has none of dnf5, dnf, rpm-ostree/],
    ['no os-release', { 'usr/bin/dnf5': '', ...kernel('7.0.9') }, /has no os-release/],
    ['a kernel by a name for shells', { ...SYSTEM, ...kernel('7.0;reboot') }, /release is none/],
  ])('refuses an image with %s', async (_, files, message) => {
    const resolved = aBase(files).then(resolve);

    await expect(resolved).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
    });
  });
});
