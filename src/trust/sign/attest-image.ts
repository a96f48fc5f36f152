import type { Descriptor } from '../../oci/descriptor.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import type { Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { attachBundle } from '../bundle/attached.ts';
import { SIGNATURE_PREDICATE } from '../bundle/signature-statement.ts';
import type { Signing } from '../bundle/signing.ts';

/** What is said of an image. */
export interface Attestation {
  predicateType: string;
  predicate: unknown;
}

export interface AttestOptions {
  signing: Signing;
  /** The date that the bundle carries. */
  now: Date;
}

/**
 * Attaches a signed statement about one manifest, in a bundle. Throws `usage` for the predicate of
 * signatures, which `signImage` alone makes.
 */
export async function attestImage(
  repository: Repository,
  reference: string | Descriptor,
  { predicateType, predicate, signing, now }: Attestation & AttestOptions,
): Promise<{ digest: Digest; attached: Digest }> {
  if (predicateType === SIGNATURE_PREDICATE) throw isSignature();
  const subject = await requireDescriptor(repository, reference);
  const { digest } = subject;
  const statement = { subjects: [{ digest }], predicateType, predicate };
  const bytes = await signing.signStatement(statement);
  const { digest: attached } = await attachBundle(
    repository,
    { subject, bytes },
    { predicateType, now },
  );
  return { digest, attached };
}

function isSignature(): LockstepError {
  return new LockstepError('usage', `${SIGNATURE_PREDICATE} makes a statement a signature`, {
    hint: 'sign with: lockstep trust sign',
  });
}
