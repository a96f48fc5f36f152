import { X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { readOnlyPem } from '../key/pem.ts';
import { isDer } from './der.ts';
import { isPlainKey } from './plain-key.ts';

/** A certificate with the parts that policies ask for; what Go would not read is never one. */
export interface Certificate {
  x509: X509Certificate;
  der: Buffer;
  subject: Buffer;
  issuer: Buffer;
  notBefore: Date;
  notAfter: Date;
  extensions: ReadonlyMap<string, Extension>;
  /** Mail addresses of its subject (RFC 5280, 4.2.1.6). */
  emails: readonly string[];
}

interface Extension {
  critical: boolean;
  value: Buffer;
}

export const OID = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Extensions that may be critical: those that are judged here. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.extendedKeyUsage,
]);

/** ECDSA and RSA with SHA-2, and Ed25519; Go takes no SHA-1 (crypto/x509). */
const ALGORITHMS = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
]);

const EMAIL = 1;

/** The certificates of a PEM text in which nothing else stands; throws `Error` with the reason. */
export function readCertificates(pem: string): Certificate[] {
  const { blocks, around } = readOnlyPem(pem);
  if (around !== '') throw new Error('there is more than PEM in it');
  return blocks.map(({ bytes }) => parseCertificate(bytes));
}

/**
 * Reads a certificate. Stricter than OpenSSL, as Go is: the bytes must be the one DER form, of
 * version 3, with each extension once. Throws `Error`.
 */
export function parseCertificate(der: Buffer): Certificate {
  if (!isDer(der)) throw new Error('the certificate is not in DER');
  const [tbs, algorithm] = ASN1Obj.parseBuffer(Buffer.from(der)).subs;
  const [version, serial, inner, issuer, validity, subject, key] = tbs?.subs ?? [];
  const [notBefore, notAfter] = validity?.subs.map((time) => time.toDate()) ?? [];
  if (!version?.tag.isContextSpecific(0) || version.subs[0]?.toInteger() !== 2n)
    throw new Error('the certificate is not of version 3');
  if (!serial || serial.value.length === 0 || serial.toInteger() < 0n)
    throw new Error('the number of the certificate is negative');
  if (!inner || !algorithm?.toDER().equals(inner.toDER()))
    throw new Error('the certificate names two algorithms');
  if (!ALGORITHMS.has(algorithm.subs[0]?.toOID() ?? ''))
    throw new Error('the certificate is signed with an algorithm that is not taken');
  if (!notBefore || !notAfter || !issuer || !subject)
    throw new Error('the certificate lacks parts');
  if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime()))
    throw new Error('the certificate has no such dates');
  const extensions = extensionsOf(tbs);
  const x509 = new X509Certificate(der);
  if (!key || !isPlainKey(x509.publicKey, key.toDER()))
    throw new Error('the key of the certificate is not in the usual form');
  return {
    x509,
    der,
    subject: subject.toDER(),
    issuer: issuer.toDER(),
    notBefore,
    notAfter,
    extensions,
    emails: emailsIn(extensions.get(OID.subjectAltName)?.value),
  };
}

/** Extended key usages; undefined where the certificate does not limit them. */
export function usagesOf({ extensions }: Certificate): string[] | undefined {
  const value = extensions.get(OID.extendedKeyUsage)?.value;
  return value && ASN1Obj.parseBuffer(Buffer.from(value)).subs.map((usage) => usage.toOID());
}

/** What basic constraints say: whether it may sign others, and how many may stand between. */
export function constraintsOf({ extensions }: Certificate): { isCa: boolean; pathLength?: number } {
  const value = extensions.get(OID.basicConstraints)?.value;
  const subs = value ? ASN1Obj.parseBuffer(Buffer.from(value)).subs : [];
  const isCa = subs[0]?.tag.isBoolean() === true && subs[0].toBoolean();
  const length = subs.find(({ tag }) => tag.isInteger());
  return { isCa, ...(length ? { pathLength: Number(length.toInteger()) } : {}) };
}

/** True unless key usage says that it may not sign certificates. */
export function maySignCertificates({ extensions }: Certificate): boolean {
  const value = extensions.get(OID.keyUsage)?.value;
  return !value || ASN1Obj.parseBuffer(Buffer.from(value)).toBitString()[5] === 1;
}

/** The first critical extension that is not judged; undefined when there is none. */
export function unjudgedExtension({ extensions }: Certificate): string | undefined {
  const unknown = [...extensions].find(([oid, { critical }]) => critical && !UNDERSTOOD.has(oid));
  return unknown?.[0];
}

function extensionsOf(tbs: ASN1Obj | undefined): Map<string, Extension> {
  const list = tbs?.subs.find(({ tag }) => tag.isContextSpecific(3))?.subs[0]?.subs ?? [];
  const found = new Map<string, Extension>();
  for (const { subs } of list) {
    const oid = subs[0]?.toOID() ?? '';
    const flag = subs.length === 3 ? subs[1] : undefined;
    const value = subs.at(-1);
    if (found.has(oid)) throw new Error(`the certificate has the extension ${oid} twice`);
    if (!value?.tag.isOctetString()) throw new Error(`the extension ${oid} cannot be read`);
    found.set(oid, { critical: flag?.toBoolean() === true, value: value.value });
  }
  return found;
}

function emailsIn(value: Buffer | undefined): string[] {
  if (!value) return [];
  const names = ASN1Obj.parseBuffer(Buffer.from(value)).subs;
  return names
    .filter(({ tag }) => tag.isContextSpecific(EMAIL))
    .map(({ value: name }) => {
      if (name.some((byte) => byte > 127)) throw new Error('a mail address is not in ASCII');
      return name.toString('latin1');
    });
}
