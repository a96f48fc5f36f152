import { generateKeyPairSync } from 'node:crypto';
import { type Signer, signerOf } from '../key/signer.ts';

/** The signer of a new key on P-256. */
export function aSigner(): Signer {
  return signerOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
}
