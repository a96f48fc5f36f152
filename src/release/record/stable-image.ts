import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { IMAGE_ANNOTATION, kmodsSaid } from './annotations.ts';
import { presentStable } from './stable-tags.ts';

/** An image that hosts follow, with what it says of itself. */
export interface StableImage {
  digest: Digest;
  /** The newest of its kernels. */
  kernel: string;
  /** Every kernel, oldest first. */
  kernels: string[];
  osVersion: string;
  modules: Record<string, string>;
  /** When it was composed; ISO 8601. */
  since: string;
}

/** What stands under the first of the tags that hosts follow, by what it says of itself. */
export async function readStable(
  repository: Reader,
  templates: readonly string[],
): Promise<StableImage | undefined> {
  const [tag] = await presentStable(repository, templates);
  const descriptor = tag && (await repository.resolve(tag));
  if (!descriptor) return undefined;
  const { manifest } = await readManifest(repository, descriptor);
  const annotations = manifest.annotations ?? {};
  const kernel = annotations[IMAGE_ANNOTATION.kernel] ?? 'unknown';
  const kernels = kmodsSaid(annotations).map((one) => one.kernel);
  return {
    digest: descriptor.digest,
    kernel,
    kernels: kernels.length > 0 ? kernels : [kernel],
    osVersion: annotations[IMAGE_ANNOTATION.version] ?? 'unknown',
    modules: modulesOf(annotations),
    since: annotations[IMAGE_ANNOTATION.created] ?? '',
  };
}

/**
 * The kmods image that stable has for the newest of its kernels. Throws `not-found` where nothing is
 * stable yet, or stable names no kmods.
 */
export async function stableKmods(
  repository: Reader,
  templates: readonly string[],
): Promise<Digest> {
  const [tag] = await presentStable(repository, templates);
  const descriptor = tag && (await repository.resolve(tag));
  const { annotations = {} } = descriptor
    ? (await readManifest(repository, descriptor)).manifest
    : {};
  const said = kmodsSaid(annotations);
  const newest = annotations[IMAGE_ANNOTATION.kernel];
  const found = said.find(({ kernel }) => kernel === newest) ?? said.at(-1);
  if (found) return found.digest;
  throw new LockstepError('not-found', `${repository.name} has no stable image with kmods yet`, {
    context: { repository: repository.name },
    hint: 'promote something first: lockstep run; or name a tag of the kmods images: :TAG',
  });
}

/** Versions by the names of the modules that an image says it holds. */
export function modulesOf(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = IMAGE_ANNOTATION.module('');
  const named = Object.entries(annotations).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, version]) => [name.slice(prefix.length), version]));
}
