import { LockstepError } from '../../system/error.ts';
import { asBuffer } from '../elf/c-string.ts';
import { DER, type DerElement, expectDer, readDer, readDerElement } from './der.ts';

/** Who signed, and how (RFC 5652, `SignerInfo`). */
export interface Signer {
  /** Issuer and serial number of the certificate, or its subject key identifier; DER in hex. */
  issuer?: string;
  serial?: string;
  keyId?: string;
  /** Name of the digest for `node:crypto`; undefined for one that Linux does not know. */
  digest: string | undefined;
  /** True for attributes beside the content, which Linux refuses in modules. */
  hasAttributes: boolean;
  signature: Uint8Array;
}

const SIGNED_DATA = '2a864886f70d010702';
const DATA = '2a864886f70d010701';

/** The digests of `pkcs7_sig_note_digest_algo` (crypto/asymmetric_keys/pkcs7_parser.c). */
const DIGESTS: Record<string, string> = {
  '2b0e03021a': 'sha1',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
  '608648016503040204': 'sha224',
  '608648016503040208': 'sha3-256',
  '608648016503040209': 'sha3-384',
  '60864801650304020a': 'sha3-512',
};

/**
 * The signers of a detached PKCS#7 message (RFC 5652; Linux: crypto/asymmetric_keys/pkcs7.asn1).
 * Throws `invalid-content` when it is no such message.
 */
export function readPkcs7(bytes: Uint8Array): Signer[] {
  const [type, wrapped] = readDer(expectDer(readDerElement(bytes), DER.sequence).content);
  if (hex(expectDer(type, DER.oid).content) !== SIGNED_DATA) throw broken('not signed data');
  const signed = readDerElement(expectDer(wrapped, DER.context0).content);
  const parts = readDer(expectDer(signed, DER.sequence).content);
  expectDer(parts[0], DER.integer);
  const content = readDer(expectDer(parts[2], DER.sequence).content);
  if (hex(expectDer(content[0], DER.oid).content) !== DATA) throw broken('not plain data');
  if (content.length > 1) throw broken('non-detached data');
  const signers = readDer(expectDer(parts.at(-1), DER.set).content);
  if (signers.length === 0 || parts.length < 4) throw broken('no signer');
  return signers.map(readSigner);
}

function readSigner(element: DerElement): Signer {
  const parts = readDer(expectDer(element, DER.sequence).content);
  expectDer(parts[0], DER.integer);
  const digest = hex(
    expectDer(readDer(expectDer(parts[2], DER.sequence).content)[0], DER.oid).content,
  );
  const hasAttributes = parts[3]?.tag === DER.context0;
  const rest = parts.slice(hasAttributes ? 4 : 3);
  expectDer(rest[0], DER.sequence);
  return {
    ...readIdentity(parts[1]),
    digest: DIGESTS[digest],
    hasAttributes,
    signature: expectDer(rest[1], DER.octets).content,
  };
}

function readIdentity(
  element: DerElement | undefined,
): Pick<Signer, 'issuer' | 'serial' | 'keyId'> {
  if (element?.tag === DER.context0Primitive) return { keyId: hex(element.content) };
  const [issuer, serial] = readDer(expectDer(element, DER.sequence).content);
  return {
    issuer: hex(expectDer(issuer, DER.sequence).raw),
    serial: hex(expectDer(serial, DER.integer).content),
  };
}

function hex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

function broken(what: string): LockstepError {
  return new LockstepError('invalid-content', `broken PKCS#7 message: ${what}`);
}
