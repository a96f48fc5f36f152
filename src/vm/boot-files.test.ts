import { describe, expect, it } from 'vitest';
import { aUnifiedImage } from '../kernel/testing/unified-image.ts';
import { isBootFile, loadOrder, readBootFiles } from './boot-files.ts';
import { treeOf } from './testing/tree.ts';

const DEPENDENCIES = `kernel/fs/squashfs/squashfs.ko.xz:
kernel/fs/overlayfs/overlay.ko.xz:
kernel/drivers/virtio/virtio_ring.ko.xz:
kernel/drivers/virtio/virtio.ko.xz: kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/virtio/virtio-pci.ko.xz: kernel/drivers/virtio/virtio.ko.xz kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/block/virtio_blk.ko.xz: kernel/drivers/virtio/virtio.ko.xz kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/char/virtio_console.ko.xz: kernel/drivers/virtio/virtio.ko.xz kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/net/dummy.ko.xz:
`;

describe('loadOrder', () => {
  it('puts each module once and after what it needs', () => {
    const names = loadOrder(DEPENDENCIES, '').map((path) => path.replace(/.*\/|\.ko.*/g, ''));

    expect(names).toEqual([
      'virtio_ring',
      'virtio',
      'virtio-pci',
      'virtio_blk',
      'virtio_console',
      'squashfs',
      'overlay',
    ]);
  });

  it('needs no file for what is built in', () => {
    const builtin = ['virtio_pci', 'virtio_blk', 'virtio_console', 'overlay']
      .map((name) => `kernel/x/${name}.ko\n`)
      .join('');

    expect(loadOrder('kernel/fs/squashfs.ko:\n', builtin)).toEqual(['kernel/fs/squashfs.ko']);
  });

  it('names every driver that is missing', () => {
    expect(() => loadOrder('kernel/fs/squashfs.ko:\n', 'kernel/x/virtio_pci.ko\n')).toThrow(
      'no driver virtio_blk, virtio_console, overlay',
    );
  });
});

describe('isBootFile', () => {
  it.each([
    'boot/vmlinuz-6.1',
    'usr/lib/modules/6.1/vmlinuz',
    'usr/lib/modules/6.1/vmlinuz-virt.efi',
    'boot/EFI/Linux/debian-6.1.efi',
    'lib/modules/6.1/modules.dep',
    'usr/lib/modules/6.1/kernel/drivers/virtio/virtio_pci_modern_dev.ko.xz',
    'usr/lib/modules/6.1/kernel/fs/overlayfs/overlay.ko',
  ])('is true of %s', (path) => {
    expect(isBootFile(path)).toBe(true);
  });

  it.each([
    'boot/initrd.img-6.1',
    'usr/lib/modules/6.1/modules.dep.bin',
    'usr/lib/modules/6.1/kernel/drivers/gpu/drm/virtio/virtio-gpu.ko',
    'home/modules/6.1/vmlinuz',
  ])('is false of %s', (path) => {
    expect(isBootFile(path)).toBe(false);
  });
});

describe('readBootFiles', () => {
  const folder = 'usr/lib/modules/6.1';

  it('takes the kernel from beside its modules before that from /boot', async () => {
    const tree = treeOf({
      [`${folder}/vmlinuz`]: 'beside',
      'boot/vmlinuz-6.1': 'in boot',
      [`${folder}/modules.dep`]: 'a/overlay.ko:\n',
      [`${folder}/modules.builtin`]: 'virtio_pci virtio_blk virtio_console squashfs'
        .split(' ')
        .map((name) => `a/${name}.ko\n`)
        .join(''),
      [`${folder}/a/overlay.ko`]: 'content',
    });

    const files = await readBootFiles(tree, '6.1');

    expect(Buffer.from(files.kernelImage).toString()).toBe('beside');
    expect(files.modules.map(({ name }) => name)).toEqual(['overlay']);
  });

  it.each([
    'usr/lib/modules/6.1/vmlinuz-virt.efi',
    'boot/EFI/Linux/debian-6.1.efi',
    'boot/EFI/Linux/unnamed.efi',
  ])('takes the kernel out of the unified image %s', async (path) => {
    const builtin = 'virtio_pci virtio_blk virtio_console squashfs overlay';
    const tree = treeOf({
      [path]: aUnifiedImage({ '.uname': '6.1', '.linux': 'a kernel' }),
      [`${folder}/modules.dep`]: '',
      [`${folder}/modules.builtin`]: builtin.replaceAll(/\w+/g, 'a/$&.ko\n'),
    });

    const { kernelImage } = await readBootFiles(tree, '6.1');

    expect(Buffer.from(kernelImage).toString()).toBe('a kernel');
  });

  it.each([
    [{}, 'has no usr/lib/modules/6.1/vmlinuz, no boot/vmlinuz-6.1 and no unified image of it'],
    [{ 'boot/vmlinuz-6.1': 'x' }, 'has no usr/lib/modules/6.1/modules.dep'],
  ])('names what %j lacks', async (files, message) => {
    await expect(readBootFiles(treeOf(files), '6.1')).rejects.toThrow(message);
  });

  it('names a module that the index has and the image lacks', async () => {
    const all = 'virtio_pci virtio_blk virtio_console squashfs overlay'.split(' ');
    const tree = treeOf({
      'boot/vmlinuz-6.1': 'x',
      [`${folder}/modules.dep`]: all.map((name) => `a/${name}.ko:\n`).join(''),
    });

    await expect(readBootFiles(tree, '6.1')).rejects.toThrow(`lacks ${folder}/a/virtio_pci.ko`);
  });
});
