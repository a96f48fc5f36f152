import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { LockstepError } from '../../system/error.ts';
import { readPem } from './pem.ts';

/** A public key with the names that it goes by. */
export interface PublicKey {
  key: KeyObject;
  /** PKIX, PEM. */
  pem: string;
  /** sha256 of its DER form, in hex. */
  fingerprint: string;
  /** What bundles call it: base64 of that sha256. */
  hint: string;
}

/** Blocks that hold a public key, and the form of each (sigstore: `UnmarshalPEMToPublicKey`). */
const FORMS = { 'PUBLIC KEY': 'spki', 'RSA PUBLIC KEY': 'pkcs1' } as const;

/** Curves that signatures are made on. */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Smallest RSA key, in bits, that is believed: what crypto/rsa of Go takes at least. */
const RSA_BITS = 1024;

/**
 * Reads a public key: ECDSA, RSA or Ed25519 in the first block of a PEM file. A private key is
 * refused, though its public half could be told. Throws `usage` with the name given.
 */
export function readPublicKey(pem: string, name = 'the public key'): PublicKey {
  const [block] = readPem(pem);
  const form = block && FORMS[block.label as keyof typeof FORMS];
  if (!form) throw refused(name, block ? `it is a ${block.label}` : 'it is not PEM');
  const key = read(block.bytes, form, name);
  const why = problemWith(key);
  if (why != null) throw refused(name, why);
  return publicKeyOf(key);
}

/** The public half of a key. */
export function publicKeyOf(key: KeyObject): PublicKey {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const digest = createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest();
  return {
    key: half,
    pem: half.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: digest.toString('hex'),
    hint: digest.toString('base64'),
  };
}

/** Why no signature of this key is taken; undefined for a good one. */
export function problemWith(key: KeyObject): string | undefined {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return undefined;
    case 'ec':
      return CURVES.includes(namedCurve) ? undefined : `its curve is ${namedCurve}`;
    case 'rsa':
      return modulusLength >= RSA_BITS ? undefined : `it has only ${modulusLength} bits`;
    default:
      return `its kind is ${key.asymmetricKeyType}`;
  }
}

function read(bytes: Buffer, form: 'spki' | 'pkcs1', name: string): KeyObject {
  try {
    return createPublicKey({ key: bytes, format: 'der', type: form });
  } catch {
    throw refused(name, 'its content cannot be read');
  }
}

function refused(name: string, why: string): LockstepError {
  return new LockstepError('usage', `${name} is no public key: ${why}`, {
    hint: 'ECDSA, RSA or Ed25519 is expected, in PEM: -----BEGIN PUBLIC KEY-----',
  });
}
