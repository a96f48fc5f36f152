import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { LockstepError } from '../../system/error.ts';
import { decryptKey, encryptKey } from './encrypted-key.ts';
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

/**
 * True when the signature is by this key: ECDSA in DER and RSA in PKCS #1 v1.5, both over sha256
 * whatever the size of the key, or Ed25519 over the bytes themselves, as containers-image and
 * cosign verify claims.
 */
export function isSignature(
  bytes: Uint8Array,
  signature: Uint8Array,
  { key }: Pick<PublicKey, 'key'>,
): boolean {
  return isSignatureOver(hashFor(key), { bytes, signature, key });
}

/**
 * The same where the hash may also be that of the size of the curve, with which cosign 3 signs
 * statements.
 */
export function isSignatureOfCurve(
  bytes: Uint8Array,
  signature: Uint8Array,
  { key }: Pick<PublicKey, 'key'>,
): boolean {
  const larger = CURVE_HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const hashes = [hashFor(key), ...(larger ? [larger] : [])];
  return hashes.some((hash) => isSignatureOver(hash, { bytes, signature, key }));
}

/** Hashes of the larger curves (sigstore, `GetDefaultAlgorithmDetails`). */
const CURVE_HASHES: Readonly<Record<string, string>> = {
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

function isSignatureOver(
  hash: string | null,
  { bytes, signature, key }: { bytes: Uint8Array; signature: Uint8Array; key: KeyObject },
): boolean {
  if (problemWith(key) != null) return false;
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    return false;
  }
}

function hashFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
