import type { Digest } from '../../system/digest.ts';
import type { Statement } from '../dsse/statement.ts';

/** The predicate that makes a statement a signature, and nothing else (cosign 3). */
export const SIGNATURE_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

/** The statement that signs a manifest. */
export function signatureStatement(digest: Digest): Statement {
  return { subjects: [{ digest }], predicateType: SIGNATURE_PREDICATE, predicate: {} };
}
