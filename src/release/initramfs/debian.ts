import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { InitramfsConfig } from '../../config/initramfs-schema.ts';
import { type Archive, openArchive } from '../../stream/debian/apt/archive.ts';
import { fetchPackages, pooledPath } from '../../stream/debian/apt/fetch.ts';
import {
  findPackage,
  type PackageSet,
  type PinnedPackage,
  packageSet,
} from '../../stream/debian/apt/package-set.ts';
import { resolvePackages } from '../../stream/debian/apt/resolve.ts';
import { releaseOfPackage } from '../../stream/debian/kernel.ts';
import { makeRoot, type Root, WITHOUT_DOCUMENTATION } from '../../stream/debian/root/root.ts';
import { LockstepError } from '../../system/error.ts';
import { runOk } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';

/** Everything of the archive that an initramfs is made of. */
export interface Pins {
  /** The kernel release. */
  release: string;
  kernel: PinnedPackage;
  firmware: PinnedPackage[];
  /** Of the root: the essential packages and what was asked for. */
  packages: PackageSet;
}

export interface DebianOptions {
  /** Folder for what is fetched and for apt's own state. */
  folder: string;
  env: NodeJS.ProcessEnv;
  uid: number;
  signal: AbortSignal;
}

type Asked = Pick<
  InitramfsConfig,
  'suite' | 'components' | 'kernel' | 'packages' | 'firmware' | 'program'
>;

/** Finds out which packages are meant. Throws `not-found` for those that the archive does not have. */
export async function pinPackages(asked: Asked, options: DebianOptions): Promise<Pins> {
  const archive = await archiveOf(asked, { ...options, refresh: true });
  const alone = (packages: readonly string[]) =>
    resolvePackages(archive, { packages, includeEssential: false });
  const { kernel, release } = kernelIn(await alone([asked.kernel]), asked.kernel);
  const firmware = await alone(asked.firmware);
  // Node is linked with it.
  const own = asked.program === 'lockstep' ? ['libstdc++6'] : [];
  return {
    release,
    kernel,
    firmware: firmware.packages.filter(({ name }) => asked.firmware.includes(name)),
    packages: await resolvePackages(archive, { packages: [...asked.packages, ...own] }),
  };
}

function kernelIn(set: PackageSet, name: string): { kernel: PinnedPackage; release: string } {
  const images = set.packages.filter((one) => releaseOfPackage(one.name) != null);
  const kernel = findPackage(packageSet(images), name) ?? images[0];
  const release = kernel && releaseOfPackage(kernel.name);
  if (kernel && release != null) return { kernel, release };
  throw new LockstepError('config', `${name} brings no kernel`, {
    hint: 'name a kernel package such as linux-image-amd64',
  });
}

function archiveOf(
  { suite, components }: Asked,
  { folder, env, signal, refresh }: DebianOptions & { refresh: boolean },
): Promise<Archive> {
  const place = { folder: join(folder, 'apt'), env, signal, refresh };
  return openArchive({ suites: [suite], components }, place);
}

/** Fetches packages into the pool, those that are not there yet. */
async function fetched(
  packages: readonly PinnedPackage[],
  asked: Asked,
  options: DebianOptions,
): Promise<string> {
  const pool = join(options.folder, 'pool');
  const archive = await archiveOf(asked, { ...options, refresh: false });
  await fetchPackages(archive, packageSet(packages), { pool });
  return pool;
}

/** Installs the packages of the root into a tar file. */
export async function installRoot(
  { packages }: Pins,
  { asked, folder, ...options }: DebianOptions & { asked: Asked; output: string },
): Promise<Root> {
  const pool = await fetched(packages.packages, asked, { folder, ...options });
  const work = join(folder, 'work');
  const made = { ...options, pool, work, sourceDateEpoch: 0, exclude: WITHOUT_DOCUMENTATION };
  return makeRoot(packages, made);
}

/** Unpacks packages into a folder, all of `/lib` below `/usr/lib`, without running anything of theirs. */
export async function unpackPackages(
  packages: readonly PinnedPackage[],
  into: string,
  { asked, ...options }: DebianOptions & { asked: Asked },
): Promise<void> {
  const pool = await fetched(packages, asked, options);
  const dpkg = requireProgram('dpkg-deb', options.env);
  for (const pinned of packages) await runOk(dpkg, ['-x', pooledPath(pool, pinned), into], options);
  await mkdir(join(into, 'usr/lib'), { recursive: true });
  const names = await readdir(join(into, 'lib')).catch(() => []);
  for (const name of names) await moveInto(join(into, 'lib', name), join(into, 'usr/lib', name));
  await rm(join(into, 'lib'), { recursive: true, force: true });
  await symlink('usr/lib', join(into, 'lib'));
}

/** Some packages have files in both places. */
async function moveInto(from: string, to: string): Promise<void> {
  await rename(from, to).catch(() => cp(from, to, { recursive: true, verbatimSymlinks: true }));
}
