import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { type Digest, digestOfJson } from '../src/system/digest.ts';
import type { Place } from '../truth/kernels/place.ts';
import type { ChosenKernel } from './kernel-choice.ts';
import { KERNEL_SPEC_VERSION, kernelSpec } from './kernel-spec.ts';
import { layKernel } from './kernel-tree.ts';
import { splitModules } from './module-split.ts';
import { buildRpms, rpmsIn } from './rpmbuild.ts';

/** A kernel of the testbed as real packages. */
export interface KernelRpms {
  release: string;
  /** Of everything that the packages are made of. */
  key: Digest;
  /** Paths of `kernel`, `kernel-core`, `kernel-modules-core`, `kernel-modules`, `kernel-devel`, …. */
  rpms: string[];
}

/** Packs a kernel once for each set of Debian packages. */
export async function kernelRpms(
  archive: Archive,
  kernel: ChosenKernel,
  place: Place,
): Promise<KernelRpms> {
  const { release, packages } = kernel;
  const key = digestOfJson({ packages: packages.digest, version: KERNEL_SPEC_VERSION });
  const output = join(place.cache, 'rpms', `${release}-${key.slice(7, 19)}`);
  if (existsSync(output)) return { release, key, rpms: await rpmsIn(output) };
  const folder = join(place.cache, 'scratch', release);
  await mkdir(join(place.cache, 'scratch'), { recursive: true });
  await mkdir(join(place.cache, 'rpms'), { recursive: true });
  await layKernel(archive, kernel, { cache: place.cache, folder });
  const modules = join(folder, 'usr/lib/modules', release);
  const spec = kernelSpec({
    release,
    modules: splitModules(await readFile(join(modules, 'modules.dep'), 'utf8')),
    files: await readdir(modules),
  });
  const rpms = await buildRpms(spec, { output, macros: { tree: folder }, env: place.env });
  await rm(folder, { recursive: true, force: true });
  return { release, key, rpms };
}
