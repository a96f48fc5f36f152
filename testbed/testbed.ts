import type { Registry } from '../src/oci/repository.ts';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { resolvePackages } from '../src/stream/debian/apt/resolve.ts';
import { LockstepError } from '../src/system/error.ts';
import { openPlace, type Place } from '../truth/kernels/place.ts';
import { runStep } from './compose.ts';
import { installKernels } from './install-kernels.ts';
import { chooseKernel } from './kernel-choice.ts';
import { type KernelRpms, kernelRpms } from './kernel-rpms.ts';
import { type Flavour, labelsOf, versionOfBase } from './labels.ts';
import { archiveOf, OS_VERSIONS, type Os } from './os.ts';
import { openParts, type Parts, type Stage } from './parts.ts';
import { type MadeImage, publish } from './publish.ts';
import { addRepository } from './repository.ts';
import { rootLayer } from './root-layer.ts';
import { basePackages, builderPackages } from './root-packages.ts';
import { smallRpms } from './small-rpms.ts';
import { identityFiles, userlandScript } from './userland.ts';

/** What to make of the testbed distribution, and where it goes. */
export interface TestbedRequest {
  /** Folder for everything that is kept between calls. */
  cache: string;
  env: NodeJS.ProcessEnv;
  /** Takes the repositories `base` and `builder`. */
  images: Registry;
  /** `VERSION_ID` (default `41`; see OS_VERSIONS). */
  os?: string;
  /**
   * Kernels of the base: 0 is the newest that the archive has with headers, 1 the one before, or a
   * release (default the newest). The last one is the one that labels name.
   */
  kernels?: readonly (string | number)[];
  /** Kernels whose packages the builder's repository has (default those of the base). */
  offered?: readonly (string | number)[];
  flavour?: Flavour;
  /** Last part of the base's version (default 0): another build, another immutable tag. */
  build?: number;
  /** Whether tags point to an index of platforms, as in most registries (default false). */
  index?: boolean;
  /** Which images are made (default both). */
  only?: 'base' | 'builder';
  /** The moving tag (default `latest`). */
  tag?: string;
  /** Fetch the indexes of the archive anew (default only when there are none). */
  refresh?: boolean;
}

/** What was made. */
export interface Testbed {
  os: Os;
  kernels: KernelRpms[];
  offered: KernelRpms[];
  base?: MadeImage;
  builder?: MadeImage;
}

interface Room extends Place {
  os: Os;
  archive: Archive;
  parts: Parts;
}

/**
 * Makes bases and builders of the testbed distribution and points tags at them; what was made
 * before is taken from the cache. To move a base, call it again with another kernel and build.
 */
export async function makeTestbed(request: TestbedRequest): Promise<Testbed> {
  const os = osOf(request.os ?? '41');
  await using place = await openPlace(request.cache, request.env);
  const { cache, env } = place;
  const archive = await archiveOf(os, place, request.refresh ?? false);
  const room = { cache, env, os, archive, parts: await openParts(cache) };
  // One after the other: they fetch many of the same packages.
  const first = baseRoot(room, request);
  const roots = { base: first, builder: first.then(() => builderRoot(room, request)) };
  const still = Promise.allSettled(Object.values(roots));
  try {
    const kernels = await rpmsOf(room, request.kernels ?? [0]);
    const offered = request.offered ? await rpmsOf(room, request.offered) : kernels;
    const base = await finishBase(room, request, { root: await roots.base, kernels });
    const builder = await finishBuilder(room, request, { root: await roots.builder, offered });
    return { os, kernels, offered, ...(base && { base }), ...(builder && { builder }) };
  } finally {
    // Whatever failed, nobody else gets the place before all is still.
    await still;
  }
}

function osOf(version: string): Os {
  const os = OS_VERSIONS.find((one) => one.version === version);
  if (os) return os;
  const known = OS_VERSIONS.map((one) => one.version).join(', ');
  throw new LockstepError('usage', `the testbed has no version ${version}`, {
    hint: `versions: ${known}`,
  });
}

async function rpmsOf(room: Room, wanted: readonly (string | number)[]): Promise<KernelRpms[]> {
  const made: KernelRpms[] = [];
  for (const one of wanted) {
    made.push(await kernelRpms(room.archive, await chooseKernel(room.archive, room.os, one), room));
  }
  return made;
}

async function baseRoot(room: Room, { only }: TestbedRequest): Promise<Stage | undefined> {
  if (only === 'builder') return undefined;
  const userland = await userlandOf(room, basePackages());
  return addRepository(userland, { name: 'extras', rpms: await smallRpms(room) }, room.parts);
}

async function builderRoot(room: Room, { only }: TestbedRequest): Promise<Stage | undefined> {
  return only === 'base' ? undefined : userlandOf(room, builderPackages(room.os));
}

async function userlandOf(room: Room, packages: readonly string[]): Promise<Stage> {
  const set = await resolvePackages(room.archive, { packages });
  const base = await rootLayer(room.archive, set, room);
  const files = identityFiles(room.os);
  return runStep({ base, script: userlandScript(room.os, set), files }, room);
}

async function finishBase(
  room: Room,
  request: TestbedRequest,
  { root, kernels }: { root: Stage | undefined; kernels: readonly KernelRpms[] },
): Promise<MadeImage | undefined> {
  if (!root) return undefined;
  const stage = await installKernels(root, kernels, room);
  const labelled = {
    flavour: request.flavour ?? 'kinoite',
    osVersion: room.os.version,
    build: request.build ?? 0,
    kernel: kernels.at(-1)?.release ?? '',
  };
  const { images, index, tag = 'latest' } = request;
  const tags = [versionOfBase(labelled), tag];
  const labels = labelsOf(labelled);
  return publish(stage, room.parts, { images, repository: 'base', tags, labels, index });
}

async function finishBuilder(
  room: Room,
  request: TestbedRequest,
  { root, offered }: { root: Stage | undefined; offered: readonly KernelRpms[] },
): Promise<MadeImage | undefined> {
  if (!root) return undefined;
  const rpms = offered.flatMap((kernel) => kernel.rpms);
  const stage = await addRepository(root, { name: 'kernels', rpms }, room.parts);
  const { images, index } = request;
  const tags = [room.os.version];
  return publish(stage, room.parts, { images, repository: 'builder', tags, index });
}
