import type { Judgement, Verifying } from '../bundle/signing.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { TrustedIdentity } from '../keyless/identity.ts';

/** Whose signatures count. */
export interface Signers {
  keys: readonly PublicKey[];
  identities: readonly TrustedIdentity[];
}

/**
 * Trusts what one of them has signed. What judges certificates is loaded only where there are
 * identities. Throws `usage` for a root of trust that is none.
 */
export async function verifyingSigners({ keys, identities }: Signers): Promise<Verifying> {
  const { verifyingBy } = await import('../bundle/signing.ts');
  const byKey = verifyingBy(keys);
  if (identities.length === 0) return byKey;
  const { verifyingIdentity } = await import('../keyless/verifying.ts');
  const byIdentity = identities.map(({ rootJson, ...one }) => verifyingIdentity(one, rootJson));
  const all = keys.length > 0 ? [byKey, ...byIdentity] : byIdentity;
  return {
    judgeClaim: (signature) => firstOf(all.map((one) => () => one.judgeClaim(signature))),
    judgeBundle: (bundle) => firstOf(all.map((one) => () => one.judgeBundle(bundle))),
  };
}

/** The first that is verified, else what the last one says. */
function firstOf<T>(judges: readonly (() => Judgement<T>)[]): Judgement<T> {
  let last: Judgement<T> = { verified: false, signer: 'unknown', reason: 'nobody counts' };
  for (const judge of judges) {
    last = judge();
    if (last.verified) return last;
  }
  return last;
}
