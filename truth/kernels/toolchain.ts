import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../src/stream/debian/apt/archive.ts';
import { fetchPackages, pooledPath } from '../../src/stream/debian/apt/fetch.ts';
import { type PackageSet, packageSet } from '../../src/stream/debian/apt/package-set.ts';
import { resolvePackages } from '../../src/stream/debian/apt/resolve.ts';
import { type RunResult, run, runOk } from '../../src/system/process.ts';

/** A Debian suite's own compiler and make, unpacked into a folder and run there. */
export interface Toolchain {
  /** The folder, which is `/` for what runs in it. */
  root: string;
  /** `gcc-12`. */
  compiler: string;
  run(program: string, args: readonly string[]): Promise<RunResult>;
}

/** What kbuild needs for a module outside of its tree, and what goes into guests. */
const PROGRAMS = ['make', 'gawk', 'kmod', 'libc6-dev', 'libelf1', 'openssl', 'zlib1g'];

/** Enters the folder with the machine's devices, as an ordinary user as well as as root. */
const ENTER =
  'mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"';

/** Unpacks the compiler of a suite (`gcc-12`) and its surroundings, once for each set of pins. */
export async function openToolchain(
  archive: Archive,
  options: { compiler: string; programs?: readonly string[]; cache: string },
): Promise<Toolchain> {
  const packages = [options.compiler, ...PROGRAMS, ...(options.programs ?? [])];
  const set = await resolvePackages(archive, { packages });
  const root = join(options.cache, 'roots', set.digest.slice(7, 23));
  if (!existsSync(root)) await unpackRoot(archive, set, { root, cache: options.cache });
  const { compiler } = options;
  return { root, compiler, run: (program, args) => runIn(root, program, args) };
}

function runIn(root: string, program: string, args: readonly string[]): Promise<RunResult> {
  return run('unshare', ['-Urm', 'nice', 'sh', '-c', ENTER, root, program, ...args], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
  });
}

async function unpackRoot(
  archive: Archive,
  set: PackageSet,
  place: { root: string; cache: string },
): Promise<void> {
  const fresh = `${place.root}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'dev', 'proc', 'tmp']) {
    await mkdir(join(fresh, folder), { recursive: true });
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    await symlink(`usr/${name}`, join(fresh, name));
  await unpackPackages(archive, set, { cache: place.cache, into: fresh });
  await symlink('gawk', join(fresh, 'usr/bin/awk')).catch(() => {});
  await rename(fresh, place.root);
}

/** Fetches packages and unpacks what they hold into a folder; nothing of theirs is run. */
export async function unpackPackages(
  archive: Archive,
  set: PackageSet,
  place: { cache: string; into: string },
): Promise<void> {
  const pool = join(place.cache, 'pool');
  await fetchPackages(archive, set, { pool });
  await mkdir(place.into, { recursive: true });
  const files = set.packages.map((pinned) => pooledPath(pool, pinned));
  await unpackDebs(files, place.into);
}

/**
 * Unpacks the content of packages into a folder. Of a pipe the shell takes the last status alone,
 * and tar takes a stream for whole that ends between two files.
 */
export async function unpackDebs(files: readonly string[], into: string): Promise<void> {
  const unpack =
    'for deb; do dpkg-deb --fsys-tarfile "$deb" | ' +
    'tar -x -C "$0" --no-same-owner --keep-directory-symlink --exclude="./usr/share/doc" ' +
    '--exclude="./usr/share/locale" --exclude="./usr/share/man" || exit 1; done';
  await runOk('nice', ['bash', '-o', 'pipefail', '-c', unpack, into, ...files]);
}

/** The packages of a set whose names match. */
export function only(set: PackageSet, names: RegExp): PackageSet {
  return packageSet(set.packages.filter(({ name }) => names.test(name)));
}
