import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { publicKeyOf } from '../key/public-key.ts';
import { signerOf } from '../key/signer.ts';
import { claimBytes, readClaim } from './claim.ts';
import { claimSignedBy, layerOf, readSignature, SIGNATURE_ANNOTATION, signClaim } from './layer.ts';

const claim = { digest: digestOf('an image'), identity: 'registry.example.org/zfs' };
const signer = signerOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
const other = publicKeyOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);

/** The bytes of a claim with a text in them replaced. */
function edited(from: string, to: string): Buffer {
  const text = claimBytes(claim).toString();
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to));
}

describe('readClaim', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (content, identity) => {
        const some = { digest: digestOf(content), identity };
        expect(readClaim(claimBytes(some))).toEqual(some);
      }),
    );
  });

  it.each([
    ['notes of a signer', '"optional":null', '"optional":{"creator":"x","timestamp":5,"a":[1]}'],
    ['spaces', '{"critical"', '\n { "critical"'],
  ])('takes %s', (_, from, to) => {
    expect(readClaim(edited(from, to))).toEqual(claim);
  });

  it.each([
    ['an unknown member', '"critical":{', '"critical":{"more":1,'],
    ['an unknown member at the top', '"optional"', '"more":1,"optional"'],
    ['a missing member', ',"optional":null', ''],
    ['a doubled member', '"identity":', '"identity":{"docker-reference":"x"},"identity":'],
    ['a doubled member of no account', '"optional":null', '"optional":{"a":1,"a":1}'],
    ['another type', 'cosign container', 'atomic container'],
    ['another case', '"critical"', '"Critical"'],
    ['a digest of another kind', 'sha256:', 'sha512:'],
    ['a time between seconds', '"optional":null', '"optional":{"timestamp":1.5}'],
    ['something behind', '"optional":null}', '"optional":null} 1'],
  ])('refuses %s', (_, from, to) => {
    expect(readClaim(edited(from, to))).toBeUndefined();
  });
});

describe('claimSignedBy', () => {
  it('gives the claim to the key that signed it and to no other', () => {
    const signature = readSignature(signClaim(claim, signer));

    expect(signature && claimSignedBy(signature, signer.publicKey)).toEqual(claim);
    expect(signature && claimSignedBy(signature, other)).toBeUndefined();
  });

  it('gives nothing for signed bytes that are no claim', () => {
    const payload = edited('cosign container', 'atomic container');
    const signature = readSignature(layerOf(payload, signer.sign(payload)));

    expect(signature && claimSignedBy(signature, signer.publicKey)).toBeUndefined();
  });
});

describe('readSignature', () => {
  const layer = signClaim(claim, signer);

  it.each([
    ['of another type', { ...layer, mediaType: 'application/octet-stream' }],
    ['without a signature', { ...layer, annotations: {} }],
    ['whose signature is no base64', { ...layer, annotations: { [SIGNATURE_ANNOTATION]: 'A_-' } }],
  ])('gives nothing for a layer %s', (_, layer) => {
    expect(readSignature(layer)).toBeUndefined();
  });
});
