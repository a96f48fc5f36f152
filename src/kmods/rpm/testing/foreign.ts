import type { LayerFiles } from '../../../oci/testing/layers.ts';
import { anRpm, type RpmBuild } from '../../../package/testing/rpm-builder.ts';

/** The script of OpenZFS's kmodtool for kernels that it takes for home-made ones. */
const FOR_RUNNING = (kernel: string) => `[[ "$(uname -r)" == "${kernel}" ]] && depmod -a || :`;

/** A package of modules as OpenZFS since 2.2 makes it where akmods and others build it. */
export function aForeignKmod(kernel: string, change: RpmBuild = {}): Buffer {
  const { version = '2.4.3', release = '1.fc44' } = change;
  return anRpm({
    name: `kmod-zfs-${kernel}`,
    version,
    release,
    requires: [`zfs-kmod-common = ${version}`],
    provides: [
      `kernel-modules-for-kernel = ${kernel}`,
      `kmod-zfs-uname-r = ${kernel}`,
      `zfs-kmod = ${version}-${release}`,
    ],
    postInstall: FOR_RUNNING(kernel),
    files: { [`/lib/modules/${kernel}/extra/zfs/zfs.ko`]: `zfs for ${kernel}` },
    ...change,
  });
}

/** What builds of ZFS leave, by folder; `''` is for what is installed. */
function built(kernel: string): Record<string, Record<string, Buffer>> {
  const one = (name: string, change: RpmBuild = {}) =>
    anRpm({ name, version: '2.4.3', release: '1.fc44', ...change });
  return {
    '': {
      [`kmod-zfs-${kernel}-2.4.3-1.fc44.x86_64.rpm`]: aForeignKmod(kernel),
      'zfs-2.4.3-1.fc44.x86_64.rpm': one('zfs'),
      'libzfs7-2.4.3-1.fc44.x86_64.rpm': one('libzfs7'),
      'zfs-dracut-2.4.3-1.fc44.noarch.rpm': one('zfs-dracut'),
    },
    'debug/': { 'zfs-debuginfo.rpm': one('zfs-debuginfo') },
    'devel/': {
      'libzfs7-devel.rpm': one('libzfs7-devel'),
      'kmod-zfs-devel.rpm': one('kmod-zfs-devel'),
    },
    'other/': { 'zfs-test.rpm': one('zfs-test') },
    'src/': { 'zfs-kmod.src.rpm': one('zfs-kmod', { isSource: true }) },
  };
}

function placed(kernel: string, folder: string): LayerFiles {
  const entries = Object.entries(built(kernel)).flatMap(([inside, files]) =>
    Object.entries(files).map(([name, rpm]) => [`${folder}${inside}${name}`, rpm]),
  );
  return Object.fromEntries(entries) as LayerFiles;
}

/** An image with packages of ZFS as others lay it out: its layers, and its labels. */
export interface ForeignImage {
  layers: LayerFiles[];
  labels: Record<string, string>;
}

/** As akmods of Universal Blue: kernel and modules of others beside it. */
export function akmodsImage(kernel: string): ForeignImage {
  const other = `kmod-wl-${kernel}`;
  const files = { [`/lib/modules/${kernel}/extra/wl/wl.ko`]: 'wl' };
  return {
    labels: { 'ostree.linux': kernel },
    layers: [
      {
        'kernel-rpms/kernel-core.rpm': anRpm({
          name: 'kernel-core',
          files: { [`/lib/modules/${kernel}/kernel/fs/ext4/ext4.ko.xz`]: 'ext4' },
        }),
      },
      {
        'rpms/kmods/wl.rpm': anRpm({ name: other, version: '2.4.3', release: '1.fc44', files }),
        ...placed(kernel, 'rpms/kmods/zfs/'),
      },
    ],
  };
}

/** As fedora-zfs-kmods: everything at the root. */
export function fedoraZfsImage(kernel: string): ForeignImage {
  const label = 'io.github.samhclark.fedora-zfs-kmods.kernel.version';
  return { labels: { [label]: kernel }, layers: [placed(kernel, '')] };
}
