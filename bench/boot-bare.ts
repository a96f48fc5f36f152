import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decompressBytes } from '../src/file/compression/compression.ts';
import { cpioEnd, cpioEntry } from '../src/file/cpio-write.ts';
import type { FileTree } from '../src/file/tree.ts';
import type { BootSubject } from '../src/gate/boot/subject.ts';
import { runOk } from '../src/system/process.ts';
import { readBootFiles } from '../src/vm/boot-files.ts';
import { readBusybox } from '../src/vm/busybox.ts';
import { machineFor } from '../src/vm/machine.ts';
import { GUEST_PARTS, type Scenario } from '../src/vm/scenario.ts';

export interface BareOptions {
  kernel: string;
  scenario: Scenario;
  /** Folder for what is needed on the way. */
  place: string;
  env: NodeJS.ProcessEnv;
}

const PROGRAMS = ['usr/sbin/zpool', 'usr/sbin/zfs'];
const LOADER = 'lib64/ld-linux-x86-64.so.2';

/** Runs the very scenario with busybox as userland and the console as channel. */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /var /etc /usr/sbin /sbin
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/bin DISKS=/dev/vda MODULES=zfs
modprobe virtio_pci
modprobe virtio_blk
exec 3>/dev/null
sh -c '. /run/lockstep/steps.sh && . /run/lockstep/scenario.sh' && echo 'by hand: done'
poweroff -f
`;

/** The kernel of an image, and an initramfs with nothing but what the scenario needs. */
export async function bareInitramfs(subject: BootSubject, options: BareOptions) {
  const { kernelImage } = await readBootFiles(subject.tree, options.kernel);
  const busybox = await readBusybox(machineFor(kernelImage), options.env);
  const programs = await programsWithLibraries(subject, options);
  const modules = await modulesWithIndex(subject.tree, options.kernel);
  const steps = await readFile(join(GUEST_PARTS, 'steps.sh'));
  const files: Record<string, Uint8Array | string> = {
    init: INIT,
    'bin/busybox': busybox,
    'run/lockstep/busybox': busybox,
    'run/lockstep/steps.sh': steps,
    'run/lockstep/scenario.sh': options.scenario.script,
    ...programs,
    ...modules,
  };
  const folders = new Set(['dev', ...Object.keys(files).flatMap(parentsOf)]);
  let inode = 1;
  const entry = (path: string, mode: number, body: Uint8Array | string = '') =>
    cpioEntry({ path, mode, inode: inode++ }, body);
  const initramfs = Buffer.concat([
    ...[...folders].sort().map((path) => entry(path, 0o040755)),
    cpioEntry({ path: 'dev/console', mode: 0o020600, device: [5, 1], inode: inode++ }),
    ...Object.entries(files).map(([path, body]) => entry(path, 0o100755, body)),
    cpioEnd(),
  ]);
  return { kernelImage, initramfs };
}

/** The dynamic loader of the image itself tells which libraries its programs need. */
async function programsWithLibraries(subject: BootSubject, { place }: BareOptions) {
  const root = join(place, 'root');
  await mkdir(root, { recursive: true });
  const wanted = ['usr/lib64/*', 'usr/lib/*-linux-gnu/*', ...PROGRAMS];
  const extract = ['-x', '-C', root, '--no-same-owner', '--wildcards', ...wanted];
  await runOk('tar', extract, { stdin: subject.rootTar() });
  const [triplet = ''] = await readdir(join(root, 'usr/lib'));
  const folder = join(root, 'usr/lib', triplet);
  const loader = join(folder, 'ld-linux-x86-64.so.2');
  const files: Record<string, Uint8Array> = { [LOADER]: await readFile(loader) };
  for (const program of PROGRAMS) {
    files[program] = await readFile(join(root, program));
    const list = ['--library-path', folder, '--list', join(root, program)];
    const { stdout } = await runOk(loader, list);
    for (const [, name = '', path = ''] of stdout.matchAll(/^\s*(\S+) => (\S+)/gm)) {
      files[`usr/lib/${name}`] = await readFile(path);
    }
  }
  return files;
}

/** zfs, the drivers of the disk and what they need, and an index that names no others. */
async function modulesWithIndex(tree: FileTree, kernel: string) {
  const folder = `usr/lib/modules/${kernel}`;
  const index = Buffer.from(await tree.read(`${folder}/modules.dep`)).toString();
  const lines = index
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(':', ' ').split(/\s+/));
  const wanted = new Set<string>();
  for (const [path = '', ...needs] of lines) {
    const isRoot = /\/(zfs|virtio_pci|virtio_blk)\.ko/.test(path);
    for (const name of isRoot ? [path, ...needs] : []) if (name) wanted.add(name);
  }
  const files: Record<string, Uint8Array | string> = {};
  for (const path of wanted) {
    const content = decompressBytes(await tree.read(`${folder}/${path}`), 2 ** 28);
    files[`lib/modules/${kernel}/${plainName(path)}`] = content;
  }
  const own = lines.filter(([path = '']) => wanted.has(path));
  files[`lib/modules/${kernel}/modules.dep`] = own
    .map(
      ([path = '', ...needs]) =>
        `${plainName(path)}: ${needs.filter(Boolean).map(plainName).join(' ')}\n`,
    )
    .join('');
  return files;
}

function plainName(path: string): string {
  return path.replace(/\.ko\.\w+$/, '.ko');
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
