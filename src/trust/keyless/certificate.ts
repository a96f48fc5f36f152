import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import { askJson } from './ask.ts';
import type { Fetch } from './services.ts';
import { subjectOfToken } from './token.ts';

/** A key of a moment, and the certificate that says whose it is. */
export interface CertifiedKey {
  key: KeyObject;
  /** PEM, one certificate. */
  certificate: string;
  /** PEM, the certificates above it up to the root. */
  chain: string;
}

const Answer = z.object({
  signedCertificateEmbeddedSct: z.object({
    chain: z.object({ certificates: z.array(z.string()).min(1) }),
  }),
});

/**
 * Has a new key certified by Fulcio for whom the token names. The library asks anew for every
 * signature, gives no chain and shows the token in an error; hosts want the chain.
 */
export async function certifiedKey(
  token: string,
  fulcio: string,
  fetch: Fetch,
): Promise<CertifiedKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const proof = sign('sha256', Buffer.from(subjectOfToken(token)), privateKey);
  const request = {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: {
        algorithm: 'ECDSA',
        content: publicKey.export({ type: 'spki', format: 'pem' }),
      },
      proofOfPossession: proof.toString('base64'),
    },
  };
  const { data } = Answer.safeParse(
    await askJson(fetch, new URL(`${fulcio.replace(/\/$/, '')}/api/v2/signingCert`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    }),
  );
  const [certificate, ...chain] = data?.signedCertificateEmbeddedSct.chain.certificates ?? [];
  if (certificate) return { key: privateKey, certificate, chain: chain.map(ended).join('') };
  throw new LockstepError('network', `${fulcio} answers without a certificate`);
}

function ended(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
