import { X509Certificate } from '@sigstore/core';

/** Whose keyless signatures count. */
export interface Identity {
  /** What the certificate is for, in full: the address of a workflow, an e-mail address. */
  identity: string;
  /** Who vouches for that: the issuer of the token. */
  issuer: string;
}

/** The same with what it is verified by. */
export interface TrustedIdentity extends Identity {
  /** A `trusted_root.json`: authorities and logs that count. */
  rootJson: string;
}

/** The issuer in certificates of Fulcio, as text (fulcio: docs/oid-info.md); the older form is bare. */
const ISSUER = '1.3.6.1.4.1.57264.1.8';
const OLD_ISSUER = '1.3.6.1.4.1.57264.1.1';

/**
 * Whom a certificate names, whether it is genuine or not; undefined when it cannot be read or names
 * nobody. PEM or DER.
 */
export function identityIn(certificate: string | Uint8Array): Identity | undefined {
  try {
    const source = typeof certificate === 'string' ? certificate : Buffer.from(certificate);
    const read = X509Certificate.parse(source);
    const issuer =
      read.extension(ISSUER)?.valueObj.subs[0]?.value ?? read.extension(OLD_ISSUER)?.value;
    if (!read.subjectAltName || !issuer) return undefined;
    return { identity: read.subjectAltName, issuer: issuer.toString('utf8') };
  } catch {
    return undefined;
  }
}
