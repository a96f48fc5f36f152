import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_ESSENTIALS } from '../src/source/build-essentials.ts';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { fetchPackages } from '../src/stream/debian/apt/fetch.ts';
import { knownPackages } from '../src/stream/debian/apt/known.ts';
import { resolvePackages } from '../src/stream/debian/apt/resolve.ts';
import type { DebianBase } from '../src/stream/debian/kernel.ts';
import { makeRoot } from '../src/stream/debian/root/root.ts';
import type { Digest } from '../src/system/digest.ts';
import { runOk } from '../src/system/process.ts';

/** A root in which modules of a suite are built: by lockstep's recipe, and by the suite's own dkms. */
export interface Builder {
  /** Digest of the packages that it is made of. */
  digest: Digest;
  /** The folder; nothing is ever written into it. */
  root: string;
  /** Version of the suite's dkms. */
  dkms: string;
}

export interface BuilderRequest {
  base: DebianBase;
  /** What the modules name as dependencies. */
  dependencies: readonly string[];
  cache: string;
  env: NodeJS.ProcessEnv;
}

/** One root for all packages, made once for each set of pins: compiler, headers, dkms, dependencies. */
export async function openBuilder(archive: Archive, request: BuilderRequest): Promise<Builder> {
  const { base, cache } = request;
  const known = await knownPackages(archive, [...new Set(request.dependencies)]);
  const headers = `${base.headersPackage}=${base.kernelPackage.version}`;
  const packages = [...BUILD_ESSENTIALS, headers, 'dkms', ...known];
  const set = await resolvePackages(archive, { packages });
  const root = join(cache, 'builders', set.digest.slice(7, 23));
  const dkms = set.packages.find(({ name }) => name === 'dkms')?.version ?? '';
  if (existsSync(root)) return { digest: set.digest, root, dkms };
  const pool = join(cache, 'pool');
  await fetchPackages(archive, set, { pool });
  const tar = `${root}.tar`;
  await makeRoot(set, {
    pool,
    output: tar,
    work: join(cache, 'scratch'),
    sourceDateEpoch: 0,
    env: request.env,
    uid: 0,
  });
  await rm(`${root}.new`, { recursive: true, force: true });
  await mkdir(`${root}.new`, { recursive: true });
  await runOk('tar', ['-xf', tar, '-C', `${root}.new`]);
  await rm(tar);
  await rename(`${root}.new`, root);
  return { digest: set.digest, root, dkms };
}
