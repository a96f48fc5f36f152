import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';

/** What lies beside a manifest, by the ends of the names. */
export const SHA256_END = '.sha256';
export const SIGNATURE_END = '.sig';

/** A private Ed25519 key out of PEM (PKCS #8). Throws `config` for anything else; the text is never told. */
export function flistSigningKey(pem: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), 'no private key in PEM that needs no passphrase');
}

/** The public key that goes with it, PEM. Throws `usage`. */
export function flistPublicKey(pem: string): KeyObject {
  return ed25519(() => createPublicKey(pem), 'no public key in PEM');
}

/** The line that `sha256sum -c` reads, of a file with this digest. */
export function checksumOf(digest: Digest, name: string): string {
  return `${digest.slice('sha256:'.length)}  ${name}\n`;
}

/** A signature of the file itself (RFC 8032, pure Ed25519): 64 bytes, as `openssl pkeyutl -rawin` makes them. */
export function signFlist(manifest: Uint8Array, key: KeyObject): Uint8Array {
  return sign(null, manifest, key);
}

export function isSignedBy(manifest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === 64 && verify(null, manifest, key, signature);
}

function ed25519(read: () => KeyObject, problem: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new LockstepError('config', `the key of flists is ${problem}`, { hint: MAKE });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new LockstepError('config', `the key of flists is ${key.asymmetricKeyType}, not Ed25519`, {
    hint: MAKE,
  });
}

const MAKE = 'make one: openssl genpkey -algorithm ed25519';
