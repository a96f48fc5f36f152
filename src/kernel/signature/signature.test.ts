import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCertificate, aName, aSignature, withTrailer } from '../testing/signature-builder.ts';
import { findCertificates, isSignerOf, readCertificate, verifySignature } from './certificate.ts';
import { readPkcs7 } from './pkcs7.ts';
import { readSignatureTrailer } from './signature.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 1024 });
const content = Buffer.from('a module');
const message = aSignature({ content, key: keys.privateKey });

describe('readSignatureTrailer', () => {
  it('parts content and message', () => {
    const trailer = readSignatureTrailer(withTrailer(content, message));

    expect(trailer).toEqual({ state: 'present', content, message });
  });

  it('takes a file without the marker as it is', () => {
    expect(readSignatureTrailer(content)).toEqual({ state: 'absent', content });
  });

  it.each([
    ['a size of all that there is', { size: content.length + message.length }, 'broken'],
    ['another type of signature', { type: 1 }, 'other-type'],
    ['padding that is not zero', { pad: 1 }, 'broken'],
  ] as const)('calls %s what Linux calls it', (_, change, state) => {
    expect(readSignatureTrailer(withTrailer(content, message, change)).state).toBe(state);
  });
});

describe('readPkcs7', () => {
  it('names the signer and the digest', () => {
    const [signer] = readPkcs7(message);

    expect(signer).toMatchObject({ digest: 'sha256', serial: '05', hasAttributes: false });
    expect(signer?.issuer).toBe(aName('test key').toString('hex'));
  });

  it('tells attributes, which Linux refuses in modules', () => {
    const [signer] = readPkcs7(aSignature({ content, key: keys.privateKey, attributes: true }));

    expect(signer?.hasAttributes).toBe(true);
  });

  it('refuses what is cut anywhere', () => {
    for (let length = 0; length < message.length; length++) {
      expect(() => readPkcs7(message.subarray(0, length))).toThrow(/broken/);
    }
  });
});

describe('verifySignature', () => {
  const certificate = readCertificate(aCertificate(keys));
  const [signer] = readPkcs7(message);

  it('knows the key that made a signature, and other content', () => {
    if (!signer) throw new Error('no signer');

    expect(isSignerOf(certificate, signer)).toBe(true);
    expect(verifySignature(certificate, signer, content)).toBe(true);
    expect(verifySignature(certificate, signer, Buffer.from('A module'))).toBe(false);
  });

  it('does not take a certificate of another serial number for the signer', () => {
    const other = readCertificate(aCertificate(keys, { serial: 6 }));

    expect(signer && isSignerOf(other, signer)).toBe(false);
  });
});

describe('findCertificates', () => {
  it('finds certificates between other bytes', () => {
    const image = Buffer.concat([
      Buffer.alloc(100, 0x30),
      aCertificate(keys, { name: 'one' }),
      aCertificate(keys, { name: 'two', serial: 7 }),
      Buffer.alloc(50),
    ]);

    expect(findCertificates(image).map(({ name, serial }) => [name, serial])).toEqual([
      ['one', '05'],
      ['two', '07'],
    ]);
  });
});
