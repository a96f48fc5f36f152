import { createHash } from 'node:crypto';
import { bundleFromJSON, type Bundle as SigstoreBundle } from '@sigstore/bundle';
import { HashAlgorithm, TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { LockstepError } from '../../system/error.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { type Judgement, UNKNOWN_SIGNER, type Verifying } from '../bundle/signing.ts';
import { readStatement, STATEMENT_TYPE } from '../dsse/statement.ts';
import { readPem } from '../key/pem.ts';
import { readClaim } from '../signature/claim.ts';
import {
  CERTIFICATE_ANNOTATION,
  LOG_ENTRY_ANNOTATION,
  type SimpleSignature,
} from '../signature/layer.ts';
import { type Identity, identityIn } from './identity.ts';
import { readLogEntry } from './log-entry.ts';

/** Judges more than what stands beside images: content of any type. */
export interface VerifyingIdentity extends Verifying {
  judgeContent(type: string, bundle: Bundle): Judgement<Buffer>;
}

/**
 * Trusts what this identity has signed, by the authorities and logs of a `trusted_root.json`. Throws
 * `usage` for another file.
 */
export function verifyingIdentity(wanted: Identity, rootJson: string): VerifyingIdentity {
  const verifier = verifierOf(rootJson);
  const judge = <T>(
    bundle: SigstoreBundle | undefined,
    payload: Buffer | undefined,
    read: () => T | undefined,
  ): Judgement<T> => {
    const signer = (bundle && namedIn(bundle)) ?? UNKNOWN_SIGNER;
    if (!bundle) return { verified: false, signer, reason: 'it is not keyless' };
    try {
      const { identity } = verifier.verify(toSignedEntity(bundle, payload));
      const [name, issuer] = [identity?.subjectAlternativeName, identity?.extensions?.issuer];
      if (name !== wanted.identity || issuer !== wanted.issuer) {
        const reason = `it is of ${name ?? 'nobody'}, for whom ${issuer ?? 'nobody'} vouches`;
        return { verified: false, signer, reason };
      }
      const content = read();
      if (content) return { verified: true, signer, content };
      return { verified: false, signer, reason: 'what is signed cannot be read' };
    } catch (error) {
      return {
        verified: false,
        signer,
        reason: error instanceof Error ? error.message : 'unknown',
      };
    }
  };
  const judgeEnvelope = <T>(
    { document }: Bundle,
    type: string,
    read: (payload: Buffer) => T | undefined,
  ): Judgement<T> => {
    const bundle = certifiedBundle(document);
    const envelope =
      bundle?.content.$case === 'dsseEnvelope' ? bundle.content.dsseEnvelope : undefined;
    return judge(bundle, undefined, () =>
      envelope?.payloadType === type ? read(envelope.payload) : undefined,
    );
  };
  return {
    judgeClaim: (signature) => {
      const payload = Buffer.from(signature.payload);
      return judge(bundleOfSignature(signature), payload, () => readClaim(payload));
    },
    judgeBundle: (bundle) => judgeEnvelope(bundle, STATEMENT_TYPE, readStatement),
    judgeContent: (type, bundle) => judgeEnvelope(bundle, type, (payload) => payload),
  };
}

function verifierOf(rootJson: string): Verifier {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(rootJson));
    if (root.certificateAuthorities.length === 0) throw new Error('no authority');
    return new Verifier(toTrustMaterial(root), {
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    });
  } catch {
    throw new LockstepError('usage', 'the root of trust is no trusted_root.json of sigstore', {
      hint: 'cosign trusted-root create makes one; it must name a certificate authority',
    });
  }
}

/** A bundle with a certificate, as the library reads it; undefined for another. */
function certifiedBundle(document: unknown): SigstoreBundle | undefined {
  try {
    const bundle = bundleFromJSON(document);
    return bundle.verificationMaterial.content.$case === 'publicKey' ? undefined : bundle;
  } catch {
    return undefined;
  }
}

/** The signature of a claim in the form of a bundle; undefined when it has no certificate or entry. */
function bundleOfSignature(signature: SimpleSignature): SigstoreBundle | undefined {
  const { annotations, payload } = signature;
  const [certificate] = readPem(annotations[CERTIFICATE_ANNOTATION] ?? '');
  const entry = readLogEntry(annotations[LOG_ENTRY_ANNOTATION] ?? '');
  if (!certificate || !entry) return undefined;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    content: {
      $case: 'messageSignature',
      messageSignature: {
        messageDigest: {
          algorithm: HashAlgorithm.SHA2_256,
          digest: createHash('sha256').update(payload).digest(),
        },
        signature: signature.signature,
      },
    },
    verificationMaterial: {
      content: { $case: 'certificate', certificate: { rawBytes: certificate.bytes } },
      tlogEntries: [entry],
      timestampVerificationData: undefined,
    },
  };
}

/** Whom the certificate names, whether it is genuine or not. */
function namedIn({ verificationMaterial: { content } }: SigstoreBundle): string | undefined {
  const raw =
    content.$case === 'certificate'
      ? content.certificate.rawBytes
      : content.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates[0]?.rawBytes
        : undefined;
  return raw && identityIn(raw)?.identity;
}
