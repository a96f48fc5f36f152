import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOfJson } from '../../src/system/digest.ts';
import { LockstepError } from '../../src/system/error.ts';
import { lastLines } from '../../src/system/process.ts';
import type { Kernel } from '../kernels/kernel.ts';

const SOURCE = join(import.meta.dirname, 'source');

/** The modules of the family by name, as bytes. */
export type Family = ReadonlyMap<string, Buffer>;

/** Builds the family for a kernel, once for each state of its sources; debug information is dropped, but types where they are judged. */
export async function buildFamily(kernel: Kernel): Promise<Family> {
  const folder = `/scratch/${kernel.release}-${await digestOfSources()}`;
  const inRoot = join(kernel.toolchain.root, folder);
  if (!existsSync(inRoot)) await build(kernel, folder);
  const names = (await readdir(inRoot)).filter((name) => name.endsWith('.ko')).sort();
  const read = names.map(
    async (name) => [basename(name, '.ko'), await readFile(join(inRoot, name))] as const,
  );
  return new Map(await Promise.all(read));
}

async function build(kernel: Kernel, folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`;
  const inRoot = join(kernel.toolchain.root, fresh);
  await rm(inRoot, { recursive: true, force: true });
  await mkdir(join(kernel.toolchain.root, 'scratch'), { recursive: true });
  await cp(SOURCE, inRoot, { recursive: true });
  const script =
    'make -s -C "$1" M="$0" DEB_BUILD_ARCH=amd64 DEB_HOST_ARCH=amd64 KBUILD_MODPOST_WARN=1 ' +
    `${kernel.typed ? '' : 'CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0 '}CONFIG_MODULE_SIG_ALL= -j2 modules && strip -g "$0"/*.ko`;
  const result = await kernel.toolchain.run('sh', ['-c', script, fresh, kernel.headers]);
  if (result.status !== 0) {
    throw new LockstepError(
      'build-failed',
      `the family does not build for ${kernel.release}: ${lastLines(result.stderr, 20)}`,
    );
  }
  await rename(inRoot, join(kernel.toolchain.root, folder));
}

async function digestOfSources(): Promise<string> {
  const names = (await readdir(SOURCE)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(SOURCE, name), 'utf8')));
  return digestOfJson([names, texts]).slice(7, 19);
}
