import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Buildah, openBuildah, removeStorage } from '../src/container/buildah.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import { run } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { DEFAULT_CACHE } from './cache.ts';
import { makeTestbed, type Testbed } from './testbed.ts';

const { env } = process;
let folder: TemporaryFolder;
let made: Testbed;

beforeAll(async () => {
  folder = await temporaryFolder();
  const images = openRegistry(`oci:${folder.path}`, { env, cwd: folder.path });
  made = await makeTestbed({ cache: DEFAULT_CACHE, env, images });
  return () => folder[Symbol.asyncDispose]();
});

describe(makeTestbed, () => {
  it('installs a kernel that rpm and dnf of the base agree about', async () => {
    const kernel = made.kernels[0]?.release ?? '';
    const said = await inside(
      'base:latest',
      `rpm -qa 'kernel*' | sort
       rpm -V kernel kernel-core kernel-modules kernel-modules-core
       dnf -q repoquery --installed --whatprovides 'kernel-uname-r = ${kernel}'
       modinfo -k ${kernel} -F vermagic xfs
       dnf -q -y install hello-testbed >/dev/null 2>&1; hello-testbed`,
    );

    expect(said).toEqual([
      `kernel-${kernel}.x86_64`,
      `kernel-core-${kernel}.x86_64`,
      `kernel-modules-${kernel}.x86_64`,
      `kernel-modules-core-${kernel}.x86_64`,
      `kernel-core-0:${kernel}.x86_64`,
      `${kernel} SMP preempt mod_unload modversions`,
      'hello from 2.0',
    ]);
  });

  it('gives images whose kernel lockstep names without doubt', async () => {
    const kernel = made.kernels[0]?.release ?? '';
    const program = join(import.meta.dirname, '../bin/lockstep');
    const reference = `oci:${folder.path}/base:41.20261120.0`;
    const { status, stdout } = await run(program, ['kernel', '--deep', '--json', reference]);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kernel, trust: 'seen', findings: [] });
    const { evidence } = JSON.parse(stdout) as { evidence: { source: string }[] };
    expect(evidence.map(({ source }) => source)).toEqual(['directory', 'rpm-database', 'label']);
  });

  it('gives builders that build a module against kernel-devel of the repository', async () => {
    const kernel = made.offered[0]?.release ?? '';
    const said = await inside(
      'builder:41',
      `dnf -q -y install 'kernel-devel-uname-r = ${kernel}' >/dev/null 2>&1
       mkdir /tmp/m && cd /tmp/m && echo 'obj-m := x.o' > Kbuild
       printf '#include <linux/module.h>\\nMODULE_LICENSE("GPL");' > x.c
       make -s -C /usr/src/kernels/${kernel} M=$PWD modules >&2
       modinfo -F vermagic ./x.ko`,
    );

    expect(said).toEqual([`${kernel} SMP preempt mod_unload modversions`]);
  });
});

/** What a script prints that runs in an image. */
async function inside(image: string, script: string): Promise<string[]> {
  const storage = { storage: join(folder.path, 'storage'), env, root: process.getuid?.() === 0 };
  const buildah = await openBuildah(storage);
  try {
    const container = await from(buildah, `oci:${image}`);
    const args = ['run', '--isolation', 'chroot', container, '--', 'sh', '-c', script];
    const { stdout } = await buildah.call(args);
    return stdout
      .split('\n')
      .map((line) => line.trimEnd())
      .filter(Boolean);
  } finally {
    await removeStorage(storage);
  }
}

async function from(buildah: Buildah, image: string): Promise<string> {
  // buildah makes a name of the path, which may have no capitals.
  const { stdout } = await buildah.call(['from', '-q', image], { cwd: folder.path });
  return stdout.trim();
}
