import { tagOf } from '../../oci/reference.ts';
import type { Digest } from '../../system/digest.ts';

/** First seven hex digits, as people quote a digest. */
export function short(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 7);
}

/** Name of an image before promotion. */
export function candidateTag(imageKey: Digest, osVersion: string): string {
  return tagOf(`candidate-${short(imageKey)}-${osVersion}`);
}

/** Name of the root that OS images are composed on. */
export function baseTag(packages: Digest, osVersion: string): string {
  return tagOf(`base-${osVersion}-${short(packages)}`);
}

/** Name of a kmods image when it is built. */
export function kmodsTag(module: { name: string; version: string }, kernelRelease: string): string {
  return tagOf(`${module.name}-${module.version}_kernel-${kernelRelease}`);
}

/** Name of a kmods image by all that decides what its build yields: streams share it by this. */
export function kmodsKeyTag(key: Digest): string {
  return `key-${key.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

/** Name that a kmods image gets when an image with it is promoted. */
export function stableKmodsTag(osVersion: string, kernelRelease: string): string {
  return tagOf(`main-${osVersion}-${kernelRelease}`);
}

/** The immutable name of one promotion of what has this key or digest. */
export function auditTag(run: string, promoted: Digest): string {
  return tagOf(`stable-${run}-${short(promoted)}`);
}
