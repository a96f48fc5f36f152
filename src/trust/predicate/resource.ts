import type { Digest } from '../../system/digest.ts';

/** Something that is known by its digest (in-toto attestation framework, ResourceDescriptor). */
export interface Resource {
  name?: string;
  /** Where it is, or what everybody calls it. */
  uri?: string;
  digest: Digest;
  annotations?: Readonly<Record<string, string>>;
}

/** As it stands in a predicate. */
export function descriptorOf({ digest, ...resource }: Resource) {
  return { ...resource, digest: { sha256: digest.slice('sha256:'.length) } };
}
