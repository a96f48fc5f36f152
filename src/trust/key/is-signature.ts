import { type KeyObject, verify } from 'node:crypto';
import { type PublicKey, problemWith } from './public-key.ts';

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

/** What is signed by keys of this kind; null: the bytes themselves. */
export function hashFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
