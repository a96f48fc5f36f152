import { sign, X509Certificate } from 'node:crypto';
import { bundleToJSON } from '@sigstore/bundle';
import {
  DSSEBundleBuilder,
  MessageSignatureBundleBuilder,
  RekorWitness,
  type Signer,
  TSAWitness,
} from '@sigstore/sign';
import { LockstepError } from '../../system/error.ts';
import { sealedLayer } from '../bundle/sealed.ts';
import type { Signing } from '../bundle/signing.ts';
import type { Seal } from '../dsse/seals.ts';
import { STATEMENT_TYPE, statementBytes } from '../dsse/statement.ts';
import { claimBytes } from '../signature/claim.ts';
import {
  CERTIFICATE_ANNOTATION,
  CHAIN_ANNOTATION,
  LOG_ENTRY_ANNOTATION,
  layerOf,
} from '../signature/layer.ts';
import { type CertifiedKey, certifiedKey } from './certificate.ts';
import { type Identity, identityIn } from './identity.ts';
import { annotationOf } from './log-entry.ts';
import { ANSWER_TIME, type Fetch, type Services } from './services.ts';
import { verifyingIdentity } from './verifying.ts';

export interface KeylessOptions {
  /** Who signs: an OpenID Connect token for the audience `sigstore`. */
  token: string;
  services: Services;
  fetch: Fetch;
  /** A `trusted_root.json`, by which own signatures are known again (default: all are made anew). */
  rootJson?: string;
}

/** Signs as whom a certificate of a moment names. */
export interface KeylessSigning extends Signing {
  identity: Identity;
  /** When the certificate ends; what it signs later counts for nobody. */
  until: Date;
  seal: Seal;
}

/**
 * Signs without a key that is kept: one is certified for all signatures of this, and each signature
 * is entered in a public log. Throws `network`, `not-allowed` and `usage`.
 */
export async function keylessSigning(options: KeylessOptions): Promise<KeylessSigning> {
  const { services, token, fetch } = options;
  const certified = await certifiedKey(token, services.fulcio, fetch);
  const signer = signerOf(certified);
  const identity = requireIdentity(certified, services);
  const bundleOf = async (type: string, data: Buffer) => {
    const witnesses = [rekor(services), ...timestamps(services)];
    const bundle = await asked(services, () =>
      new DSSEBundleBuilder({ signer, witnesses }).create({ data, type }),
    );
    return bundleToJSON(bundle);
  };
  return {
    identity,
    until: new X509Certificate(certified.certificate).validToDate,
    own: options.rootJson == null ? undefined : verifyingIdentity(identity, options.rootJson),
    seal: async (type, content) => sealedLayer(await bundleOf(type, Buffer.from(content))),
    signClaim: async (claim) => {
      const data = claimBytes(claim);
      const witnesses = [rekor(services)];
      const bundle = await asked(services, () =>
        new MessageSignatureBundleBuilder({ signer, witnesses }).create({ data }),
      );
      const [entry] = bundle.verificationMaterial.tlogEntries;
      if (!entry || bundle.content.$case !== 'messageSignature') throw noEntry(services);
      return layerOf(data, bundle.content.messageSignature.signature, {
        [CERTIFICATE_ANNOTATION]: certified.certificate,
        [CHAIN_ANNOTATION]: certified.chain,
        [LOG_ENTRY_ANNOTATION]: annotationOf(entry),
      });
    },
    signStatement: async (statement) => {
      const document = await bundleOf(STATEMENT_TYPE, statementBytes(statement));
      return Buffer.from(JSON.stringify(document));
    },
  };
}

function requireIdentity({ certificate }: CertifiedKey, { fulcio }: Services): Identity {
  const identity = identityIn(certificate);
  if (identity) return identity;
  throw new LockstepError('network', `${fulcio} answers with a certificate that names nobody`);
}

function signerOf({ key, certificate }: CertifiedKey): Signer {
  return {
    sign: (data) =>
      Promise.resolve({
        signature: sign('sha256', data, key),
        key: { $case: 'x509Certificate', certificate },
      }),
  };
}

/** Entries of the kind `dsse` are not what `@sigstore/verify` expects of every log. */
function rekor({ rekor: rekorBaseURL }: Services): RekorWitness {
  return new RekorWitness({
    rekorBaseURL,
    entryType: 'intoto',
    fetchOnConflict: true,
    timeout: ANSWER_TIME,
    retry: 2,
  });
}

function timestamps({ tsa: tsaBaseURL }: Services): TSAWitness[] {
  if (tsaBaseURL == null) return [];
  return [new TSAWitness({ tsaBaseURL, timeout: ANSWER_TIME, retry: 2 })];
}

/** Only the kind of a failure is told: what was sent may be in its text. */
async function asked<T>({ rekor }: Services, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    throw new LockstepError('network', `a signature could not be entered in the log: ${code}`, {
      context: { url: rekor },
      hint: 'call again later; what is signed already stays so',
    });
  }
}

function noEntry({ rekor }: Services): LockstepError {
  return new LockstepError('network', `${rekor} answers without an entry`);
}
