import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDirectoryTree } from '../src/file/directory-tree.ts';
import { fetchKernel } from '../src/gate/abi/testing/real-kernel.ts';
import { writeInitramfs } from '../src/release/initramfs/archive.ts';
import { programFiles } from '../src/release/initramfs/program.ts';
import {
  aSymlink,
  filesOfFolder,
  putFiles,
  type RootFiles,
} from '../src/release/initramfs/root-files.ts';
import { runOk } from '../src/system/process.ts';
import { chooseAccelerator } from '../src/vm/accelerator.ts';
import { readBootFiles } from '../src/vm/boot-files.ts';
import { readBusybox } from '../src/vm/busybox.ts';
import { runGuest } from '../src/vm/guest.ts';
import { makeInitramfs } from '../src/vm/initramfs.ts';
import { machineFor } from '../src/vm/machine.ts';
import { type GuestDisk, USER_NETWORK } from '../src/vm/qemu.ts';

/** Debian's generic kernel with the modules that guests of these tests meet. */
export interface GuestKernel {
  release: string;
  root: string;
  /** Its folder of modules. */
  modules: string;
}

/** What stays in the initramfs: the way to the network, to the cache's disk, and fuse. */
const INSIDE =
  /\/(?:virtio\w*|net_failover|failover|fuse|ext4|jbd2|mbcache|crc16|crc32c_generic|libcrc32c|squashfs|overlay)\.ko$/;
/** What is in the flist alone. */
const OUTSIDE = /\/(?:dummy|test_firmware|zram|loop)\.ko$/;

/** Where packages of npm keep what is machine code. */
const ADDONS = join(import.meta.dirname, '../node_modules/@napi-rs');

export async function guestKernel(folder: string): Promise<GuestKernel> {
  const kernel = await fetchKernel(folder, 'linux-image-amd64');
  await keepModules(kernel.modulesDir, (path) => INSIDE.test(path) || OUTSIDE.test(path));
  await runOk('depmod', ['-b', kernel.root, kernel.release]);
  return { release: kernel.release, root: kernel.root, modules: kernel.modulesDir };
}

/** The modules of the kernel that an initramfs has, with indexes of their own. */
async function fewModules({ root, release }: GuestKernel, folder: string): Promise<string> {
  const few = join(folder, 'few');
  await mkdir(join(few, 'lib/modules'), { recursive: true });
  await runOk('cp', ['-a', join(root, 'lib/modules', release), join(few, 'lib/modules')]);
  await keepModules(join(few, 'lib/modules', release), (path) => INSIDE.test(path));
  await runOk('depmod', ['-b', few, release]);
  return join(few, 'lib/modules', release);
}

async function keepModules(folder: string, keep: (path: string) => boolean): Promise<void> {
  for (const name of readdirSync(join(folder, 'kernel'), { recursive: true, encoding: 'utf8' })) {
    const path = `/${name}`;
    if (path.endsWith('.ko') && !keep(path)) rmSync(join(folder, 'kernel', name));
  }
}

/** A root of busybox, kmod and this program, with the libraries that they need. */
export async function busyboxRoot(kernel: GuestKernel, folder: string): Promise<RootFiles> {
  const place = join(folder, 'busybox-root');
  const copy = async (path: string) => {
    mkdirSync(join(place, path, '..'), { recursive: true });
    await runOk('cp', ['-L', path, join(place, path)]);
  };
  for (const path of ['/bin/kmod', '/bin/busybox']) await copy(path);
  const { stdout: addons } = await runOk('find', [ADDONS, '-name', '*.linux-x64-gnu.node']);
  const programs = [process.execPath, '/bin/kmod', ...addons.trim().split('\n')];
  const needed = await Promise.all(programs.map((file) => runOk('ldd', [file])));
  const libraries = needed.flatMap(({ stdout }) => stdout.match(/\/lib\S+(?= \()/g) ?? []);
  for (const path of new Set(libraries)) await copy(path);
  const root: RootFiles = new Map(
    ['bin', 'sbin', 'lib', 'lib64'].map((name) => [name, aSymlink(`usr/${name}`)]),
  );
  const { stdout: applets } = await runOk('busybox', ['--list']);
  for (const name of applets.trim().split('\n')) root.set(`usr/bin/${name}`, aSymlink('busybox'));
  for (const name of ['modprobe', 'modinfo', 'depmod', 'insmod']) {
    root.delete(`usr/bin/${name}`);
    root.set(`usr/sbin/${name}`, aSymlink('../bin/kmod'));
  }
  putFiles(root, filesOfFolder(place));
  await putProgramAndModules(root, kernel, folder);
  return root;
}

export async function putProgramAndModules(
  root: RootFiles,
  kernel: GuestKernel,
  folder: string,
): Promise<void> {
  putFiles(root, programFiles(process.execPath));
  const modules = await fewModules(kernel, folder);
  putFiles(root, filesOfFolder(modules, `lib/modules/${kernel.release}`));
}

/** What a guest said on its console and on the channel for output, in the order of arrival. */
export interface GuestTold {
  lines: string[];
  end: string;
}

/** Starts a guest from a root; `first` is a script of busybox's shell that is its first program. */
export async function bootRoot(
  root: RootFiles,
  {
    kernel,
    folder,
    first,
    disks = [],
  }: {
    kernel: GuestKernel;
    folder: string;
    first: string;
    disks?: GuestDisk[];
  },
): Promise<GuestTold> {
  const { kernelImage, modules } = await readBootFiles(
    openDirectoryTree(kernel.root),
    kernel.release,
  );
  const machine = machineFor(kernelImage);
  const [image, initramfs] = [join(folder, 'vmlinuz'), join(folder, 'initramfs.cpio')];
  await writeFile(image, kernelImage);
  const busybox = await readBusybox(machine, process.env);
  await writeFile(initramfs, makeInitramfs({ busybox, first, modules, files: {} }));
  await writeInitramfs(join(folder, 'root.cpio'), root, { compress: false });
  await appendFile(initramfs, await readFile(join(folder, 'root.cpio')));
  const { accelerator } = await chooseAccelerator({ machine, kernel: image, env: process.env });
  const lines: string[] = [];
  const { end } = await runGuest({
    machine,
    accelerator,
    kernel: image,
    initramfs,
    disks,
    ...USER_NETWORK,
    memory: 2 ** 30,
    cpus: 2,
    append: [],
    console: join(folder, 'console.log'),
    deadline: 600_000,
    silence: 300_000,
    env: process.env,
    onLine: (line, from) => {
      if (from !== 'verdict') lines.push(line.trimEnd());
    },
  });
  return { lines, end };
}
