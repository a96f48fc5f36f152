import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { runOk } from '../src/system/process.ts';
import { unpackPackages } from '../truth/kernels/toolchain.ts';
import type { ChosenKernel } from './kernel-choice.ts';

/** The one architecture whose headers are taken along. */
const ARCHITECTURE = 'x86';

/**
 * Unpacks a kernel of Debian into a folder and lays it out as Fedora does: everything but the
 * headers under `/usr/lib/modules/RELEASE`, the headers in one piece under `/usr/src/kernels/RELEASE`.
 */
export async function layKernel(
  archive: Archive,
  kernel: ChosenKernel,
  place: { cache: string; folder: string },
): Promise<void> {
  const { folder, cache } = place;
  const debian = `${folder}.debian`;
  await Promise.all([folder, debian].map((path) => rm(path, { recursive: true, force: true })));
  await unpackPackages(archive, kernel.packages, { cache, into: debian });
  await layModules(kernel.release, debian, folder);
  await layHeaders(kernel.release, debian, folder);
  await rm(debian, { recursive: true, force: true });
}

async function layModules(release: string, debian: string, folder: string): Promise<void> {
  const target = join(folder, 'usr/lib/modules', release);
  await mkdir(join(folder, 'usr/lib/modules'), { recursive: true });
  const sources = ['usr/lib/modules', 'lib/modules'].map((place) => join(debian, place, release));
  const source = sources.find((path) => existsSync(join(path, 'kernel')));
  await rename(source ?? '', target);
  for (const name of ['vmlinuz', 'config', 'System.map']) {
    const old = join(debian, 'boot', `${name}-${release}`);
    if (existsSync(old)) await rename(old, join(target, name));
  }
  for (const name of ['build', 'source']) await rm(join(target, name), { force: true });
  await symlink(`/usr/src/kernels/${release}`, join(target, 'build'));
  await symlink('build', join(target, 'source'));
  await runOk('depmod', ['-b', join(folder, 'usr'), release]);
}

/** Debian parts the headers into what all flavours share, what one has, and kbuild's programs. */
async function layHeaders(release: string, debian: string, folder: string): Promise<void> {
  const target = join(folder, 'usr/src/kernels', release);
  const own = join(debian, 'usr/src', `linux-headers-${release}`);
  const version = release.replace(/-[^-]*$/, '');
  const common = join(debian, 'usr/src', `linux-headers-${version}-common`);
  await mkdir(join(folder, 'usr/src/kernels'), { recursive: true });
  await mkdir(target);
  for (const name of ['Makefile', 'include']) await rename(join(common, name), join(target, name));
  await mkdir(join(target, 'arch'));
  await rename(join(common, 'arch', ARCHITECTURE), join(target, 'arch', ARCHITECTURE));
  for (const name of ['scripts', 'tools', 'certs']) {
    await rename(join(debian, 'usr/lib', `linux-kbuild-${version}`, name), join(target, name));
  }
  // With vmlinux there kbuild would make type information for modules, by a program more.
  for (const name of ['scripts', 'tools', 'Makefile', 'vmlinux']) await rm(join(own, name));
  await cp(own, target, { recursive: true, verbatimSymlinks: true });
  await mendVariables(target);
  const symvers = join(target, 'Module.symvers');
  const packed = join(folder, 'usr/lib/modules', release, 'symvers.xz');
  await runOk('sh', ['-c', 'xz -1 -T1 -c "$1" > "$2"', 'sh', symvers, packed]);
}

/** Debian names its cross compiler there; the rest is what its Makefile cannot know without. */
async function mendVariables(target: string): Promise<void> {
  const path = join(target, '.kernelvariables');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const kept = lines.filter((line) => /^override (ARCH|KERNELRELEASE)|NO_CC_VERSION/.test(line));
  await writeFile(path, `${kept.join('\n')}\n`);
}
