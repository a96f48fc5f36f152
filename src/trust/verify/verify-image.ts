import type { Descriptor } from '../../oci/descriptor.ts';
import { instancesOf } from '../../oci/instances.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import { platformText } from '../../oci/platform.ts';
import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import type { Verifying } from '../bundle/signing.ts';
import { judgedAttestations } from './attestations.ts';
import type { JudgedSignature } from './judged.ts';
import { judgedSignatures } from './signatures.ts';

/** What one manifest is signed with. */
export interface JudgedManifest {
  digest: Digest;
  /** `os/architecture[/variant]`, as the index says. */
  platform?: string;
  /** True when one of the signatures counts. */
  verified: boolean;
  signatures: JudgedSignature[];
}

export interface VerifyOptions {
  /** Who counts; while that is being read, what is signed is looked up. */
  verifying: Verifying | Promise<Verifying>;
  /** The predicate of attestations that are asked for (default: signatures). */
  type?: string;
}

/** What is to be reported of an image. */
export interface Verification {
  digest: Digest;
  /** True when every manifest that is looked at has a signature that counts. */
  verified: boolean;
  manifests: JudgedManifest[];
}

/** Manifests that are judged at the same time. */
const CONCURRENCY = 6;

/**
 * Judges the signatures of an image and of every image that it lists, or its attestations of one
 * type, which are looked for on the image itself.
 */
export async function verifyImage(
  reader: Reader,
  reference: string | Descriptor,
  { verifying, type }: VerifyOptions,
): Promise<Verification> {
  const judge = (digest: Digest) =>
    type == null
      ? judgedSignatures(reader, digest, verifying)
      : judgedAttestations(reader, digest, { verifying, type });
  // What an image is signed with can be looked up before its manifest is here, when it is named by digest.
  const known = typeof reference === 'string' && isDigest(reference) ? reference : undefined;
  const early = known && judge(known);
  early?.catch(() => {});
  const manifests: Awaited<ReturnType<typeof instancesOf>> =
    type == null
      ? await instancesOf(reader, reference)
      : [await requireDescriptor(reader, reference)];
  const judged = await mapConcurrently(manifests, CONCURRENCY, async ({ digest, platform }) => {
    const signatures = await (early && digest === known ? early : judge(digest));
    return {
      digest,
      ...(platform ? { platform: platformText(platform) } : {}),
      verified: signatures.some(({ verified }) => verified),
      signatures,
    };
  });
  const verified = judged.every((manifest) => manifest.verified);
  return { digest: manifests[0].digest, verified, manifests: judged };
}
