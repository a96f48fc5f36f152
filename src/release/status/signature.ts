import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';

/** Whether an image is signed; `unknown` where no key is known to tell. */
export type SignatureState = 'signed' | 'unsigned' | 'unknown';

/** Tells whether an image, with every image that it lists, is signed by one of these keys. */
export async function signatureState(
  reader: Reader,
  digest: Digest,
  keys: readonly PublicKey[] | undefined,
): Promise<SignatureState> {
  if (!keys) return 'unknown';
  const { verifyingBy } = await import('../../trust/bundle/signing.ts');
  const { verifyImage } = await import('../../trust/verify/verify-image.ts');
  const { verified } = await verifyImage(reader, digest, { verifying: verifyingBy(keys) });
  return verified ? 'signed' : 'unsigned';
}
