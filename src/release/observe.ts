import { type KmodsKey, keyDifferences } from '../build/key.ts';
import { readKmodsKey } from '../build/kmods-image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { readManifest } from '../oci/manifest.ts';
import type { Reader } from '../oci/repository.ts';
import type { Digest } from '../system/digest.ts';
import type { Finding } from '../system/finding.ts';
import { IMAGE_ANNOTATION } from './annotations.ts';
import type { Ends } from './channel-ends.ts';
import type { Inputs } from './inputs.ts';
import type { Observed } from './plan.ts';
import { rollbackFrom } from './promotion/record.ts';
import { stableTags, tagValuesOf } from './stable-tags.ts';
import { candidateTag, kmodsTag } from './tags.ts';
import { readVerdicts } from './verdicts.ts';

export interface ObserveRequest {
  inputs: Inputs;
  kmodsKey: KmodsKey;
  compat: readonly Finding[];
  /** Stable tags as configured. */
  stable: readonly string[];
}

/** Observations with the descriptors that applying needs. */
export interface Sight extends Observed {
  kmodsDescriptor?: Descriptor;
  candidateDescriptor?: Descriptor;
}

/** Asks the registry what is there already: a few manifests, no layer. */
export async function observe(ends: Ends, request: ObserveRequest): Promise<Sight> {
  const { inputs, kmodsKey, compat } = request;
  const kmods = await probeKmods(ends.kmods, kmodsKey);
  const candidate = await findCandidate(ends.image, inputs);
  return {
    keys: inputs.keys,
    compat,
    kmods: kmods && { digest: kmods.descriptor.digest, differences: kmods.differences },
    kmodsDescriptor: kmods?.descriptor,
    candidate,
    candidateDescriptor: candidate,
    rolledBack: candidate && (await rollbackFrom(ends.image, candidate.digest))?.finished,
    verdicts: candidate ? await readVerdicts(ends.image, candidate.digest) : new Map(),
    stable: await resolveTags(ends.stable, stableTags(request.stable, tagValuesOf(inputs))),
  };
}

/** Asks a kmods repository for exactly this key: one tag, one manifest. */
export async function probeKmods(
  repository: Reader,
  wanted: KmodsKey,
): Promise<{ descriptor: Descriptor; differences: string[] } | undefined> {
  const [first] = wanted.modules;
  if (!first) return undefined;
  const descriptor = await repository.resolve(kmodsTag(first, wanted.kernel.release));
  if (!descriptor) return undefined;
  const { key } = await readKmodsKey(repository, descriptor);
  const differences = key
    ? keyDifferences(wanted, key)
    : ['the image does not say what it was built from'];
  return { descriptor, differences };
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
