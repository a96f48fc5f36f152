import type { KmodsKey } from '../../kmods/image/key.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { Ends } from '../channel/ends.ts';
import type { Counting } from '../context/trust.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { isArchived } from '../kept/mark.ts';
import { rollbackFrom } from '../promotion/decisions.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { findKmods, storedKmods } from '../record/kmods.ts';
import type { StableImage } from '../record/stable-image.ts';
import { readStable } from '../record/stable-image.ts';
import { stableTags, tagValuesOf } from '../record/stable-tags.ts';
import { candidateTag } from '../record/tags.ts';
import { readVerdicts } from '../record/verdicts.ts';
import type { ObservedKmods } from './build.ts';
import type { Observed } from './plan.ts';

export interface ObserveRequest {
  inputs: Inputs;
  kmodsKeys: readonly KmodsKey[];
  compat: readonly Finding[];
  /** Stable tags as configured. */
  stable: readonly string[];
  /** Whether pinned files are to be kept. */
  archive?: boolean;
  /** Whose verdicts and records count (default: everybody's). */
  counting?: Counting | undefined;
}

/** What is there of the kmods of one kernel, with the descriptors. */
export interface KmodsSight extends ObservedKmods {
  key: KmodsKey;
  /** Has exactly the key. */
  stored?: Descriptor;
  /** What main has with exactly the key, and this channel has not. */
  cached?: Descriptor;
}

/** Observations with the descriptors that applying needs. */
export interface Sight extends Observed {
  kmods: KmodsSight[];
  candidateDescriptor?: Descriptor;
  /** The image of main with the wanted key, where this channel has none. */
  imageOfMain?: Descriptor;
}

/** Asks the registry what is there already: a few manifests, no layer. */
export async function observe(ends: Ends, request: ObserveRequest): Promise<Sight> {
  const { inputs, kmodsKeys, compat } = request;
  const own = await findCandidate(ends.image, inputs);
  const imageOfMain = own || !ends.cache ? undefined : await findCandidate(ends.stable, inputs);
  const candidate = own ?? imageOfMain;
  return {
    compat,
    kmods: await Promise.all(kmodsKeys.map((key) => observeKmods(ends, key))),
    candidate,
    candidateDescriptor: own,
    ...(imageOfMain && { imageOfMain, elsewhere: ends.stable.name }),
    ...(request.archive && { archived: await isArchived(ends.image, inputs) }),
    // Other channels than main have no rollbacks of their own, and none of main's binds them.
    rolledBack: ends.cache ? undefined : await rollbackOf(ends.image, own, request.counting),
    verdicts: candidate
      ? await readVerdicts(
          own ? ends.image : ends.stable,
          candidate.digest,
          request.counting?.verdicts,
        )
      : new Map(),
    unlike: differencesOf(await readStable(ends.stable, request.stable), inputs),
    stable: await resolveTags(ends.stable, stableTags(request.stable, tagValuesOf(inputs))),
  };
}

async function rollbackOf(
  repository: Reader,
  image: Descriptor | undefined,
  counting: Counting | undefined,
): Promise<string | undefined> {
  if (!image) return undefined;
  return (await rollbackFrom(repository, image.digest, counting?.records))?.finished;
}

async function observeKmods({ kmods, cache }: Ends, key: KmodsKey): Promise<KmodsSight> {
  const kernel = key.kernel.release;
  const own = await findKmods(kmods, key);
  if (own?.differences.length === 0)
    return { kernel, key, differences: [], stored: own.descriptor };
  const [cached] = cache ? await storedKmods(cache, [key]) : [];
  return {
    kernel,
    key,
    ...(own && { differences: own.differences }),
    ...(cached && { cached: cached.descriptor, elsewhere: cache?.name }),
  };
}

/** What of what an image says of itself is other than stable's; undefined without a stable one. */
function differencesOf(stable: StableImage | undefined, inputs: Inputs): string[] | undefined {
  if (!stable) return undefined;
  const { osVersion, modules } = tagValuesOf(inputs);
  const compare = (name: string, is: string, was = 'not there') =>
    is === was ? [] : [`${name} ${is}, was ${was}`];
  return [
    ...compare('OS version', osVersion, stable.osVersion),
    ...compare('Linux', inputs.base.kernels.join(' and '), stable.kernels.join(' and ')),
    ...Object.entries(modules).flatMap(([name, version]) =>
      compare(name, version, stable.modules[name]),
    ),
  ];
}

async function findCandidate(repository: Reader, inputs: Inputs): Promise<Descriptor | undefined> {
  const tag = candidateTag(inputs.keys.image, inputs.base.osVersion);
  const descriptor = await repository.resolve(tag);
  if (!descriptor) return undefined;
  const { manifest } = await readManifest(repository, descriptor);
  return manifest.annotations?.[IMAGE_ANNOTATION.key] === inputs.keys.image
    ? descriptor
    : undefined;
}

async function resolveTags(
  repository: Reader,
  tags: readonly string[],
): Promise<Record<string, Digest | undefined>> {
  const entries = tags.map(async (tag) => [tag, (await repository.resolve(tag))?.digest] as const);
  return Object.fromEntries(await Promise.all(entries));
}
