import { existsSync } from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { sourceArchive } from '../src/stream/debian/source-archive.ts';
import { LockstepError } from '../src/system/error.ts';
import { runOk } from '../src/system/process.ts';
import { openPlace, type Place } from '../truth/kernels/place.ts';
import { assembleRelease } from './openzfs-assemble.ts';
import { archiveOf, OS_VERSIONS, type Os } from './os.ts';

/** A release of OpenZFS as a tar file, as its own server would give it. */
export interface OpenzfsRelease {
  version: string;
  /** `…/zfs-VERSION.tar.gz`. */
  path: string;
  /**
   * False: the very file that OpenZFS published. True: put together from the modules of this version
   * and the user space of another one, because the machine's mirror has no more of it.
   */
  assembled: boolean;
}

/** Suites from old to new: 2.1 knows kernels up to 6.2, 2.3.2 up to 6.14, 2.3.9 up to 7.2. */
const SUITES = [
  { os: '41', suite: 'bookworm' },
  { os: '41', suite: 'bookworm-backports' },
  { os: '42', suite: 'trixie' },
];

/** The releases of OpenZFS that Debian's archive has, oldest first, as files under the cache. */
export async function openzfsReleases(options: {
  cache: string;
  env: NodeJS.ProcessEnv;
}): Promise<OpenzfsRelease[]> {
  await using place = await openPlace(options.cache, options.env);
  const folder = join(resolve(options.cache), 'openzfs');
  await mkdir(folder, { recursive: true });
  const releases: OpenzfsRelease[] = [];
  for (const { os: version, suite } of SUITES) {
    const os = OS_VERSIONS.find((one) => one.version === version) as Os;
    const archive = await archiveOf(os, place, false);
    releases.push(await releaseIn(archive, { os, suite, folder, place, older: releases.at(-1) }));
  }
  return releases;
}

/** The copy of kmodtool that OpenZFS publishes with its releases. */
export async function openzfsKmodtool(
  request: Parameters<typeof openzfsReleases>[0],
): Promise<string> {
  const releases = await openzfsReleases(request);
  const { path = '', version = '' } = releases.findLast(({ assembled }) => !assembled) ?? {};
  return (await runOk('tar', ['-xzOf', path, `zfs-${version}/scripts/kmodtool`])).stdout;
}

interface Wanted {
  os: Os;
  suite: string;
  folder: string;
  place: Place;
  older: OpenzfsRelease | undefined;
}

async function releaseIn(archive: Archive, wanted: Wanted): Promise<OpenzfsRelease> {
  const { suite, folder, place, older, os } = wanted;
  const source = sourceArchive(archive, { pool: join(place.cache, 'pool') });
  const found = await source.findSource('zfs-linux', suite);
  const version = found.version.replace(/-[^-]*$/, '');
  const path = join(folder, `zfs-${version}.tar.gz`);
  const assembledPath = join(folder, 'assembled', `zfs-${version}.tar.gz`);
  if (existsSync(path)) return { version, path, assembled: false };
  if (existsSync(assembledPath)) return { version, path: assembledPath, assembled: true };
  try {
    const files = found.files.filter(({ name }) => name.endsWith('.orig.tar.gz'));
    const [original = ''] = await source.fetch(files);
    await link(original, path).catch(() => copyFile(original, path));
    return { version, path, assembled: false };
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code !== 'archive' || !older) throw error;
  }
  const [dkms = ''] = await source.fetch((await source.findBinary('zfs-dkms', suite)).files);
  await mkdir(join(folder, 'assembled'), { recursive: true });
  const assembly = { version, older: older.path, dkms, output: assembledPath };
  const { compiler } = os;
  await assembleRelease(archive, assembly, { cache: place.cache, compiler });
  return { version, path: assembledPath, assembled: true };
}
