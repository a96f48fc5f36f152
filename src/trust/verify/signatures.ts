import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { listBundles } from '../bundle/attached.ts';
import { SIGNATURE_PREDICATE } from '../bundle/signature-statement.ts';
import { UNKNOWN_SIGNER, type Verifying } from '../bundle/signing.ts';
import { readSignatures } from '../signature/image.ts';
import { type JudgedSignature, reportOf, reportOfBundle } from './judged.ts';

/** The signatures of one manifest in both forms; attestations are none, whoever signed them. */
export async function judgedSignatures(
  reader: Reader,
  digest: Digest,
  verifying: Verifying | Promise<Verifying>,
): Promise<JudgedSignature[]> {
  const [simple, bundles] = await Promise.all([
    judgedClaims(reader, digest, verifying),
    judgedBundles(reader, digest, verifying),
  ]);
  return [...simple, ...bundles];
}

async function judgedClaims(
  reader: Reader,
  digest: Digest,
  opening: Verifying | Promise<Verifying>,
): Promise<JudgedSignature[]> {
  const { signatures, unreadable } = await readSignatures(reader, digest);
  const verifying = await opening;
  const judged = signatures.map((signature) => {
    const judgement = verifying.judgeClaim(signature);
    const isOther = judgement.verified && judgement.content.digest !== digest;
    return reportOf(
      'simplesigning',
      judgement,
      isOther ? 'it speaks of another digest' : undefined,
    );
  });
  return [...judged, ...Array.from({ length: unreadable }, () => unread('simplesigning'))];
}

function unread(form: JudgedSignature['form']): JudgedSignature {
  return { form, signer: UNKNOWN_SIGNER, verified: false, reason: 'it cannot be read' };
}

async function judgedBundles(
  reader: Reader,
  digest: Digest,
  opening: Verifying | Promise<Verifying>,
): Promise<JudgedSignature[]> {
  const bundles = await listBundles(reader, digest);
  return mapConcurrently(bundles, 4, async ({ predicateType, read }) => {
    const form = 'bundle';
    if (predicateType != null && predicateType !== SIGNATURE_PREDICATE) {
      const reason = `it attests ${predicateType}`;
      return { form, signer: UNKNOWN_SIGNER, verified: false, reason };
    }
    const bundle = await read();
    if (!bundle) return unread(form);
    const verifying = await opening;
    return reportOfBundle(form, bundle, { verifying, digest, predicateType: SIGNATURE_PREDICATE });
  });
}
