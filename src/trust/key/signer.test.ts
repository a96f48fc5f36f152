import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignature } from './is-signature.ts';
import { publicKeyOf, readPublicKey } from './public-key.ts';
import { makeKeyPair, openSigner, signerOf } from './signer.ts';

const bytes = Buffer.from('what is signed');
const keys: Record<string, KeyObject> = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey,
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
};

describe('signerOf', () => {
  it.each(Object.entries(keys))('signs with %s what only its public key verifies', (name, key) => {
    const signature = signerOf(key).sign(bytes);

    for (const [other, { pem }] of Object.entries(keys).map(
      ([other, key]) => [other, publicKeyOf(key)] as const,
    )) {
      expect(isSignature(bytes, signature, readPublicKey(pem))).toBe(other === name);
    }
    expect(isSignature(Buffer.from('what is signeD'), signature, publicKeyOf(key))).toBe(false);
    expect(isSignature(bytes, signature.subarray(1), publicKeyOf(key))).toBe(false);
    expect(isSignature(bytes, Buffer.concat([signature, bytes]), publicKeyOf(key))).toBe(false);
  });

  it('refuses keys that nobody would believe', () => {
    const bitcoin = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const small = generateKeyPairSync('rsa', { modulusLength: 512 });

    expect(() => signerOf(bitcoin.privateKey)).toThrow('its curve is secp256k1');
    expect(() => signerOf(small.privateKey)).toThrow('it has only 512 bits');
    expect(isSignature(bytes, Buffer.alloc(64), { key: small.publicKey })).toBe(false);
  });
});

describe('makeKeyPair', () => {
  it('makes a pair that its password opens', async () => {
    const { keyFile, publicKey } = await makeKeyPair('');
    const signer = await openSigner(keyFile, '');

    expect(signer.publicKey.fingerprint).toBe(publicKey.fingerprint);
    expect(isSignature(bytes, signer.sign(bytes), publicKey)).toBe(true);
  });
});

describe('readPublicKey', () => {
  const pkcs1 = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

  it('reads RSA keys in their older form', () => {
    const pem = pkcs1.export({ type: 'pkcs1', format: 'pem' }).toString();

    expect(readPublicKey(pem).fingerprint).toBe(publicKeyOf(pkcs1).fingerprint);
  });

  it('refuses a private key, which has a public half', () => {
    const pem = keys['P-256']?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';

    expect(() => readPublicKey(pem, 'cosign.key')).toThrow('cosign.key is no public key: it is a');
  });

  it.each([
    ['nothing', '', 'it is not PEM'],
    ['a broken block', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'be read'],
    ['a key that signs nothing', exchangeKey(), 'its kind is x25519'],
  ])('refuses %s', (_, pem, why) => {
    expect(() => readPublicKey(pem)).toThrow(why);
  });
});

function exchangeKey(): string {
  return generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
