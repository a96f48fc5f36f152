import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { asBuffer } from '../elf/c-string.ts';
import { DER, expectDer, readDer, readDerElement } from './der.ts';
import type { Signer } from './pkcs7.ts';

/** A certificate that may have made signatures; DER in hex where Linux compares bytes. */
export interface Certificate {
  issuer: string;
  serial: string;
  keyId: string | undefined;
  /** How messages name it: the common name of its subject. */
  name: string;
  der: Uint8Array;
}

const SUBJECT_KEY_ID = Buffer.from('0603551d0e', 'hex');
const VERSION_3 = Buffer.from('a003020102', 'hex');

/** Reads an X.509 certificate, DER or PEM. Throws when it is none. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const parsed = new X509Certificate(bytes);
  const der = new Uint8Array(parsed.raw);
  const [body] = readDer(expectDer(readDerElement(der), DER.sequence).content);
  const fields = readDer(expectDer(body, DER.sequence).content);
  const first = fields[0]?.tag === DER.context0 ? 1 : 0;
  return {
    serial: hex(expectDer(fields[first], DER.integer).content),
    issuer: hex(expectDer(fields[first + 2], DER.sequence).raw),
    keyId: subjectKeyId(der),
    name: /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? parsed.subject.replaceAll('\n', ', '),
    der,
  };
}

/**
 * The certificates built into a kernel (`system_certificate_list`, certs/system_certificates.S),
 * found by their form because an image has no symbol table.
 */
export function findCertificates(image: Uint8Array): Certificate[] {
  const bytes = asBuffer(image);
  const found: Certificate[] = [];
  for (let at = bytes.indexOf(VERSION_3); at >= 0; at = bytes.indexOf(VERSION_3, at + 1)) {
    const start = at - 8;
    if (start < 0 || bytes.readUInt16BE(start) !== 0x3082) continue;
    const certificate = tryCertificate(bytes.subarray(start));
    if (certificate) found.push(certificate);
  }
  return found;
}

/** Whether a certificate is the one that a signer names. */
export function isSignerOf(certificate: Certificate, signer: Signer): boolean {
  if (signer.keyId) return signer.keyId === certificate.keyId;
  return signer.issuer === certificate.issuer && signer.serial === certificate.serial;
}

/** Whether the key of a certificate made this signature of this content. */
export function verifySignature(
  certificate: Certificate,
  signer: Signer,
  content: Uint8Array,
): boolean {
  const key: KeyObject = new X509Certificate(certificate.der).publicKey;
  try {
    return verify(signer.digest, content, key, signer.signature);
  } catch {
    return false;
  }
}

function tryCertificate(bytes: Buffer): Certificate | undefined {
  try {
    return readCertificate(readDerElement(bytes).raw);
  } catch {
    return undefined;
  }
}

function subjectKeyId(der: Uint8Array): string | undefined {
  const at = asBuffer(der).indexOf(SUBJECT_KEY_ID);
  if (at < 0) return undefined;
  const octets = readDerElement(der, at + SUBJECT_KEY_ID.length);
  return octets.tag === DER.octets ? hex(readDerElement(octets.content).content) : undefined;
}

function hex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}
