import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { LockstepError } from '../../system/error.ts';
import { decryptKey, encryptKey } from './encrypted-key.ts';
import { hashFor } from './is-signature.ts';
import { type PublicKey, problemWith, publicKeyOf } from './public-key.ts';

/** Signs bytes; what it signs with stays inside. */
export interface Signer {
  readonly publicKey: PublicKey;
  sign(bytes: Uint8Array): Buffer;
}

/** The signer of a key file of cosign; throws `usage` for another file and a wrong password. */
export async function openSigner(keyFile: string, password: string): Promise<Signer> {
  return signerOf(await decryptKey(keyFile, password));
}

/** The signer of a private key; throws `usage` for one that nobody would believe. */
export function signerOf(key: KeyObject): Signer {
  const why = problemWith(key);
  if (why != null) throw new LockstepError('usage', `the signing key cannot be used: ${why}`);
  return {
    publicKey: publicKeyOf(key),
    sign: (bytes) => sign(hashFor(key), bytes, key),
  };
}

/** A new key pair in cosign's form: ECDSA on P-256. */
export async function makeKeyPair(
  password: string,
): Promise<{ keyFile: string; publicKey: PublicKey }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { keyFile: await encryptKey(privateKey, password), publicKey: publicKeyOf(privateKey) };
}
