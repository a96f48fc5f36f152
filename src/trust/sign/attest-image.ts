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
  /** Who states it: a key, keyless, or both. */
  signings: readonly Signing[];
  /** The date that bundles carry. */
  now: Date;
}

/**
 * Attaches a signed statement about one manifest, in a bundle for each signer. Throws `usage` for the predicate of
 * signatures, which `signImage` alone makes.
 */
export async function attestImage(
  repository: Repository,
  reference: string | Descriptor,
  { predicateType, predicate, signings, now }: Attestation & AttestOptions,
): Promise<{ digest: Digest; attached: Digest[] }> {
  if (predicateType === SIGNATURE_PREDICATE) throw isSignature();
  const subject = await requireDescriptor(repository, reference);
  const { digest } = subject;
  const statement = { subjects: [{ digest }], predicateType, predicate };
  const attached: Digest[] = [];
  for (const signing of signings) {
    const bytes = await signing.signStatement(statement);
    const bundle = { subject, bytes };
    attached.push((await attachBundle(repository, bundle, { predicateType, now })).digest);
  }
  return { digest, attached };
}

function isSignature(): LockstepError {
  return new LockstepError('usage', `${SIGNATURE_PREDICATE} makes a statement a signature`, {
    hint: 'sign with: lockstep trust sign',
  });
}
