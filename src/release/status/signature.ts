import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Signers } from '../../trust/verify/signers.ts';

/** Whether an image is signed; `unknown` where nobody is known who would sign. */
export type SignatureState = 'signed' | 'unsigned' | 'unknown';

/** Tells whether an image, with every image that it lists, is signed by one of them. */
export async function signatureState(
  reader: Reader,
  digest: Digest,
  signers: Signers | undefined,
): Promise<SignatureState> {
  if (!signers) return 'unknown';
  const { verifyingSigners } = await import('../../trust/verify/signers.ts');
  const { verifyImage } = await import('../../trust/verify/verify-image.ts');
  const verifying = await verifyingSigners(signers);
  const { verified } = await verifyImage(reader, digest, { verifying });
  return verified ? 'signed' : 'unsigned';
}
