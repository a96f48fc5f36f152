import type { KeyObject } from 'node:crypto';
import type { Digest } from '../../system/digest.ts';
import { type PublicKey, publicKeyOf } from '../key/public-key.ts';
import {
  CERTIFICATE_ANNOTATION,
  CHAIN_ANNOTATION,
  claimSignedBy,
  LOG_ENTRY_ANNOTATION,
  type SimpleSignature,
} from '../signature/layer.ts';
import { type Certificate, readCertificates } from './certificate.ts';
import { problemWithChain } from './certificate-chain.ts';
import { problemWithIssuer } from './fulcio-issuer.ts';
import { judgeLogEntry } from './log-entry.ts';
import type { Material } from './material.ts';
import type { FulcioSigner, PkiSigner, SigstoreSigned } from './policy.ts';
import { matchesIdentity } from './signed-identity.ts';
import type { Subject } from './subject.ts';

/** What is asked of a signature. */
export interface Asked {
  requirement: SigstoreSigned;
  material: Exclude<Material, { kind: 'unusable' }>;
  subject: Subject;
  /** The manifest that would be pulled. */
  digest: Digest;
  now: Date;
}

/** Why a signature does not count, or whose it is. */
export type SignatureJudgement =
  | { accepted: true; signer: string; identity: string }
  | { accepted: false; why: string; identity?: string };

/** Judges one signature as containers-image does (signature/policy_eval_sigstore.go). */
export function judgeSignature(signature: SimpleSignature, asked: Asked): SignatureJudgement {
  try {
    return judgeClaim(signature, signersOf(signature, asked), asked);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function judgeClaim(
  signature: SimpleSignature,
  signers: readonly PublicKey[],
  { requirement, subject, digest }: Asked,
): SignatureJudgement {
  const signer = signers.find((key) => claimSignedBy(signature, key) != null);
  const claim = signer && claimSignedBy(signature, signer);
  if (!claim) return refused('it is by another signer, or damaged');
  const { identity } = claim;
  if (claim.digest !== digest) return refused(`it is for ${claim.digest}`, identity);
  if (!matchesIdentity(requirement.signedIdentity, subject.name, identity))
    return refused(`it is for the name ${identity}, which ${whatIsWanted(requirement)}`, identity);
  return { accepted: true, signer: `sha256:${signer.fingerprint}`, identity };
}

/** The keys by which it counts; throws `Error` with the reason why there are none. */
function signersOf(signature: SimpleSignature, { material, now }: Asked): readonly PublicKey[] {
  if (material.kind === 'key')
    return material.logs ? [loggedKey(signature, material.keys, material.logs)] : material.keys;
  const leaf = leafOf(signature);
  const { roots } = material;
  const chain = chainOf(signature);
  if (material.kind === 'fulcio') {
    const at = loggedAt(signature, leaf.der, material.logs);
    requireChain(leaf, { roots, intermediates: chain, at });
    requireFulcio(leaf, material.by);
  } else {
    const intermediates = [...material.intermediates, ...chain];
    requireChain(leaf, { roots, intermediates, at: now });
    requireSubject(leaf, material.by);
  }
  return [publicKeyOf(leaf.x509.publicKey)];
}

/** The key for which a log recorded the signature: there can be but one. */
function loggedKey(
  signature: SimpleSignature,
  keys: readonly PublicKey[],
  logs: readonly KeyObject[],
): PublicKey {
  const reasons: string[] = [];
  for (const key of keys) {
    const judged = judgeEntry(signature, key.key.export({ type: 'spki', format: 'der' }), logs);
    if ('at' in judged) return key;
    reasons.push(judged.why);
  }
  throw new Error(reasons[0]);
}

function loggedAt(signature: SimpleSignature, der: Buffer, logs: readonly KeyObject[]): Date {
  const judged = judgeEntry(signature, der, logs);
  if ('at' in judged) return judged.at;
  throw new Error(judged.why);
}

function judgeEntry(
  { annotations, payload, signature }: SimpleSignature,
  signedBy: Buffer,
  logs: readonly KeyObject[],
) {
  const entry = annotations[LOG_ENTRY_ANNOTATION];
  if (entry == null) return { why: 'it comes without an entry of a log' };
  return judgeLogEntry(entry, logs, { payload, signature, signedBy });
}

function leafOf({ annotations }: SimpleSignature): Certificate {
  const pem = annotations[CERTIFICATE_ANNOTATION];
  if (pem == null) throw new Error('it comes without a certificate');
  const [leaf, ...more] = readCertificates(pem);
  if (leaf && more.length === 0) return leaf;
  throw new Error('it comes with more than one certificate of its signer');
}

/** The last certificate is the root as the signer knows it, and is not believed. */
function chainOf({ annotations }: SimpleSignature): Certificate[] {
  const pem = annotations[CHAIN_ANNOTATION];
  return pem ? readCertificates(pem).slice(0, -1) : [];
}

function requireChain(leaf: Certificate, terms: Parameters<typeof problemWithChain>[1]): void {
  const why = problemWithChain(leaf, terms);
  if (why != null) throw new Error(`its certificate does not count: ${why}`);
}

function requireFulcio(leaf: Certificate, { oidcIssuer, subjectEmail }: FulcioSigner): void {
  const why = problemWithIssuer(leaf, oidcIssuer);
  if (why != null) throw new Error(why);
  requireEmail(leaf, subjectEmail);
}

function requireSubject(leaf: Certificate, { subjectEmail, subjectHostname }: PkiSigner): void {
  if (subjectEmail !== '') requireEmail(leaf, subjectEmail);
  if (subjectHostname === '') return;
  const rules = { subject: 'never', partialWildcards: false, multiLabelWildcards: false } as const;
  if (leaf.x509.checkHost(subjectHostname, rules) == null)
    throw new Error(`its certificate is not for the host ${subjectHostname}`);
}

function requireEmail({ emails }: Certificate, wanted: string): void {
  if (!emails.includes(wanted))
    throw new Error(
      `its certificate is not for ${wanted}, but for ${emails.join(', ') || 'no address'}`,
    );
}

function whatIsWanted({ signedIdentity: { type } }: SigstoreSigned): string {
  return `is not what ${type} takes`;
}

function refused(why: string, identity?: string): SignatureJudgement {
  return { accepted: false, why, ...(identity == null ? {} : { identity }) };
}
