import type { Digest } from '../../system/digest.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Judgement, Verifying } from '../bundle/signing.ts';
import { type Statement, speaksOf } from '../dsse/statement.ts';

/** One signature, and whether it counts. */
export interface JudgedSignature {
  /** Where it stands: in the image under the tag `sha256-….sig`, in a bundle, in an envelope alone. */
  form: 'simplesigning' | 'bundle' | 'envelope';
  /** Who signed: `sha256:` and the fingerprint of a key, the identity of a certificate, `unknown`. */
  signer: string;
  verified: boolean;
  /** Why it does not count. */
  reason?: string;
}

/** What a statement has to be for its signature to count. */
export interface Wanted {
  predicateType: string;
  digest: Digest;
}

/** The report of a judgement. */
export function reportOf(
  form: JudgedSignature['form'],
  judgement: Judgement<unknown>,
  objection?: string,
): JudgedSignature {
  const { signer, verified } = judgement;
  const reason = judgement.verified ? objection : judgement.reason;
  return { form, signer, verified: verified && reason == null, ...(reason ? { reason } : {}) };
}

/** The report of a bundle. */
export function reportOfBundle(
  form: JudgedSignature['form'],
  bundle: Bundle,
  { verifying, ...wanted }: Wanted & { verifying: Verifying },
): JudgedSignature {
  const judgement = verifying.judgeBundle(bundle);
  const objection = judgement.verified ? objectionTo(judgement.content, wanted) : undefined;
  return reportOf(form, judgement, objection);
}

function objectionTo(statement: Statement, { predicateType, digest }: Wanted): string | undefined {
  if (!speaksOf(statement, digest)) return 'it speaks of another digest';
  if (statement.predicateType === predicateType) return undefined;
  return `it attests ${statement.predicateType}`;
}
