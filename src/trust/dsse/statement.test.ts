import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { publicKeyOf } from '../key/public-key.ts';
import { signerOf } from '../key/signer.ts';
import {
  envelopeBytes,
  isSignedBy,
  preAuthEncoding,
  readEnvelope,
  signEnvelope,
} from './envelope.ts';
import {
  readStatement,
  signStatement,
  speaksOf,
  statementBytes,
  statementSignedBy,
} from './statement.ts';

const signer = signerOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
const other = publicKeyOf(generateKeyPairSync('ed25519').privateKey);
const statement = {
  subjects: [{ name: 'zfs', digest: digestOf('an image') }],
  predicateType: 'https://example.org/seen/v1',
  predicate: { by: 'somebody' },
};

describe('preAuthEncoding', () => {
  it('is what the specification shows', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));

    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not letters', () => {
    expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
  });
});

describe('readEnvelope', () => {
  const envelope = signEnvelope('text/plain', Buffer.from('content'), signer);

  it('reads what was written', () => {
    const read = readEnvelope(envelopeBytes(envelope));

    expect(read).toEqual(envelope);
    expect(read && isSignedBy(read, signer.publicKey)).toBe(true);
    expect(read && isSignedBy(read, other)).toBe(false);
  });

  it('leaves the key unnamed, as cosign 3 wants it', () => {
    expect(envelopeBytes(envelope).toString()).not.toContain('keyid');
  });

  it.each(['', '{}', '{"payload":"?","payloadType":"x","signatures":[{"sig":"AA=="}]}'])(
    'gives nothing for %j',
    (text) => expect(readEnvelope(Buffer.from(text))).toBeUndefined(),
  );

  it('gives nothing for one without a signature', () => {
    expect(readEnvelope(envelopeBytes({ ...envelope, signatures: [] }))).toBeUndefined();
  });
});

describe('statementSignedBy', () => {
  const envelope = signStatement(statement, signer);

  it('gives the statement when one of the keys has signed it', () => {
    expect(statementSignedBy(envelope, [other, signer.publicKey])).toEqual(statement);
    expect(statementSignedBy(envelope, [other])).toBeUndefined();
    expect(statementSignedBy(envelope, [])).toBeUndefined();
  });

  it('gives nothing when type or content were changed', () => {
    const payload = statementBytes({ ...statement, predicateType: 'https://example.org/other' });

    expect(statementSignedBy({ ...envelope, payload }, [signer.publicKey])).toBeUndefined();
    expect(
      statementSignedBy({ ...envelope, payloadType: 'text/plain' }, [signer.publicKey]),
    ).toBeUndefined();
  });

  it('gives nothing for signed content of another type', () => {
    const text = signEnvelope('text/plain', statementBytes(statement), signer);

    expect(statementSignedBy(text, [signer.publicKey])).toBeUndefined();
  });
});

describe('readStatement', () => {
  it('reads the older form too', () => {
    const bytes = statementBytes(statement).toString().replace('Statement/v1', 'Statement/v0.1');

    expect(readStatement(Buffer.from(bytes))).toEqual(statement);
  });

  it('gives nothing for a statement about something without a sha256', () => {
    const bytes = statementBytes(statement).toString().replace('"sha256"', '"sha1"');

    expect(readStatement(Buffer.from(bytes))).toBeUndefined();
  });
});

describe('speaksOf', () => {
  it('tells whether the digest is among the subjects', () => {
    expect(speaksOf(statement, digestOf('an image'))).toBe(true);
    expect(speaksOf(statement, digestOf('another'))).toBe(false);
  });
});
