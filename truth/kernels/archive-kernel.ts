import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, openArchive } from '../../src/stream/debian/apt/archive.ts';
import type { PackageSet } from '../../src/stream/debian/apt/package-set.ts';
import { resolvePackages } from '../../src/stream/debian/apt/resolve.ts';
import { type ArchiveKernel, listKernels } from '../../src/stream/debian/kernel.ts';
import { LockstepError } from '../../src/system/error.ts';
import { runOk } from '../../src/system/process.ts';
import type { Kernel } from './kernel.ts';
import type { Place } from './place.ts';
import type { Selection } from './selection.ts';
import { only, openToolchain, type Toolchain, unpackPackages } from './toolchain.ts';

/** The kernel itself and its modules, in one package or, from 7.0 on, in four. */
const IMAGE = /^linux-(image|binary|modules|base)-\d/;
const HEADERS = /^linux-(headers|kbuild)-\d/;

/** Fetches a kernel with its headers and compiler, and unpacks them where nobody is disturbed. */
export async function archiveKernel(selection: Selection, place: Place): Promise<Kernel> {
  const archive = await archiveOf(selection.suite, place);
  const { kernel, packages } = await choose(archive, selection);
  const { compiler, suite } = selection;
  const toolchain = await openToolchain(archive, { compiler, cache: place.cache });
  const folder = join(place.cache, 'kernels', kernel.release);
  if (!existsSync(folder)) {
    await unpackKernel(archive, packages, { ...place, folder, release: kernel.release });
  }
  const headers = `usr/src/linux-headers-${kernel.release}`;
  if (!existsSync(join(toolchain.root, headers))) {
    const fresh = `${toolchain.root}.headers.${process.pid}`;
    await unpackHeaders(archive, only(packages, HEADERS), { cache: place.cache, into: fresh });
    await moveInto(toolchain.root, { fresh, last: headers });
  }
  return describe(kernel.release, { folder, toolchain, origin: suite });
}

/** The archive as the machine's own apt is configured, with signatures checked. */
export function archiveOf(suite: string, place: Place): Promise<Archive> {
  const request = { suites: [suite], components: ['main'], architecture: 'amd64' };
  return openArchive(request, { folder: join(place.cache, 'apt'), env: place.env });
}

/** The first kernel in the wanted order whose headers can be had. */
async function choose(
  archive: Archive,
  selection: Selection,
): Promise<{ kernel: ArchiveKernel; packages: PackageSet }> {
  const found = (await listKernels(archive)).filter(({ release }) =>
    selection.release.test(release),
  );
  const ordered = selection.pick === 'newest' ? found.reverse() : found;
  for (const kernel of ordered) {
    const packages = await withHeaders(archive, kernel, selection.suite);
    if (packages) return { kernel, packages };
  }
  throw new LockstepError('not-found', `${selection.suite} has no kernel ${selection.release}`);
}

/** The packages of a kernel and its headers; undefined when the archive dropped the headers. */
async function withHeaders(
  archive: Archive,
  kernel: ArchiveKernel,
  suite: string,
): Promise<PackageSet | undefined> {
  const names = [kernel.package, `linux-headers-${kernel.release}`];
  // A backport may need the backport of something else, which apt takes only with `/SUITE`.
  for (const choice of [`=${kernel.version}`, `/${suite}`]) {
    const packages = names.map((name) => `${name}${choice}`);
    try {
      return await resolvePackages(archive, { packages, includeEssential: false });
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code !== 'not-found') throw error;
    }
  }
  return undefined;
}

async function unpackKernel(
  archive: Archive,
  set: PackageSet,
  place: { cache: string; folder: string; release: string },
): Promise<void> {
  const fresh = `${place.folder}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await unpackPackages(archive, only(set, IMAGE), { cache: place.cache, into: fresh });
  await mkdir(join(fresh, 'usr/lib/modules'), { recursive: true });
  const old = join(fresh, 'lib/modules', place.release);
  if (existsSync(old)) await rename(old, join(fresh, 'usr/lib/modules', place.release));
  await rm(join(fresh, 'lib'), { recursive: true, force: true });
  await runOk('depmod', ['-b', join(fresh, 'usr'), place.release]);
  await rename(fresh, place.folder);
}

async function unpackHeaders(
  archive: Archive,
  set: PackageSet,
  place: { cache: string; into: string },
): Promise<void> {
  await rm(place.into, { recursive: true, force: true });
  await mkdir(join(place.into, 'usr/lib'), { recursive: true });
  await symlink('usr/lib', join(place.into, 'lib'));
  await unpackPackages(archive, set, place);
}

/**
 * Moves what lies below `usr` of one folder into another. The folder `last`, by which it is known
 * that all is there, comes after all else: what was interrupted is done again.
 */
export async function moveInto(
  root: string,
  { fresh, last }: { fresh: string; last: string },
): Promise<void> {
  const aside = `${fresh}.last`;
  await rm(aside, { recursive: true, force: true });
  await rename(join(fresh, last), aside);
  await runOk('cp', ['-a', join(fresh, 'usr'), root]);
  await rename(aside, join(root, last));
  await rm(fresh, { recursive: true, force: true });
}

function describe(
  release: string,
  about: { folder: string; toolchain: Toolchain; origin: string },
): Kernel {
  const modulesDir = join(about.folder, 'usr/lib/modules', release);
  const headers = `/usr/src/linux-headers-${release}`;
  const file = (name: string, inModules: string) =>
    [join(about.folder, 'boot', `${name}-${release}`), join(modulesDir, inModules)].find(
      existsSync,
    ) ?? missing(release, name);
  return {
    release,
    origin: about.origin,
    root: about.folder,
    image: file('vmlinuz', 'vmlinuz'),
    config: file('config', 'config'),
    modulesDir,
    symvers: join(about.toolchain.root, headers, 'Module.symvers'),
    toolchain: about.toolchain,
    headers,
  };
}

function missing(release: string, name: string): never {
  throw new LockstepError('not-found', `the packages of ${release} hold no ${name}`);
}
