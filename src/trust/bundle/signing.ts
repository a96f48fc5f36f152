import type { ArtifactLayer } from '../../oci/artifact.ts';
import { type Statement, signStatement, statementSignedBy } from '../dsse/statement.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';
import type { Claim } from '../signature/claim.ts';
import { claimSignedBy, type SimpleSignature, signClaim } from '../signature/layer.ts';
import { type Bundle, bundleBytes } from './bundle.ts';

/** Writes signatures in the forms that are stored beside images: with a key, or keyless. */
export interface Signing {
  signClaim(claim: Claim): Promise<ArtifactLayer>;
  /** Signs a statement; the bytes of a bundle. */
  signStatement(statement: Statement): Promise<Buffer>;
  /** Knows its own signatures again; undefined when it cannot. */
  own: Verifying | undefined;
}

/** Judges signatures: by keys, or by identities that certificates name. */
export interface Verifying {
  judgeClaim(signature: SimpleSignature): Judgement<Claim>;
  judgeBundle(bundle: Bundle): Judgement<Statement>;
}

/** Whether somebody trusted has signed, and what. */
export type Judgement<T> =
  | { verified: true; signer: string; content: T }
  | { verified: false; signer: string; reason: string };

/** What is said of a signer that is not known. */
export const UNKNOWN_SIGNER = 'unknown';

/** Signs with a key. */
export function signingWith(signer: Signer): Signing {
  return {
    signClaim: async (claim) => signClaim(claim, signer),
    signStatement: async (statement) =>
      bundleBytes(signStatement(statement, signer), signer.publicKey),
    own: verifyingBy([signer.publicKey]),
  };
}

/** Trusts what one of these keys has signed. */
export function verifyingBy(keys: readonly PublicKey[]): Verifying {
  return {
    judgeClaim: (signature) => {
      for (const key of keys) {
        const content = claimSignedBy(signature, key);
        if (content) return { verified: true, signer: signerName(key), content };
      }
      return byNobody(UNKNOWN_SIGNER);
    },
    judgeBundle: ({ envelope, hint }) => {
      for (const key of keys) {
        const content = statementSignedBy(envelope, [key]);
        if (content) return { verified: true, signer: signerName(key), content };
      }
      return byNobody(hint ? nameOfHint(hint) : UNKNOWN_SIGNER);
    },
  };
}

/** How reports name a key: by the sha256 of its DER form. */
export function signerName({ fingerprint }: Pick<PublicKey, 'fingerprint'>): string {
  return `sha256:${fingerprint}`;
}

function nameOfHint(hint: string): string {
  return signerName({ fingerprint: Buffer.from(hint, 'base64').toString('hex') });
}

function byNobody(signer: string): { verified: false; signer: string; reason: string } {
  return { verified: false, signer, reason: 'no signature of a key that counts' };
}
