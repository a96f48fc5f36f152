import {
  type Certificate,
  constraintsOf,
  maySignCertificates,
  OID,
  unjudgedExtension,
  usagesOf,
} from './certificate.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const ANY_USAGE = '2.5.29.37.0';

/** Longest chain; real ones have two or three certificates. */
const DEPTH = 8;
/** Most signatures that are tried, so that no heap of look-alikes takes long (crypto/x509: 100). */
const TRIES = 100;

export interface ChainTerms {
  roots: readonly Certificate[];
  intermediates: readonly Certificate[];
  at: Date;
}

/**
 * Why no chain leads from a certificate that may sign code to one of the roots, all of them valid
 * at that time; undefined when one does (crypto/x509 of Go, `Certificate.Verify`). Where it is
 * stricter: constraints of names are refused, and a root that signed itself must have done so
 * rightly.
 */
export function problemWithChain(leaf: Certificate, terms: ChainTerms): string | undefined {
  const reasons = new Set<string>();
  const search = { ...terms, tries: TRIES, reasons };
  if (leadsToRoot([leaf], search)) return undefined;
  return [...reasons][0] ?? 'no certificate of the policy has signed it';
}

interface Search extends ChainTerms {
  tries: number;
  reasons: Set<string>;
}

function leadsToRoot(chain: readonly Certificate[], search: Search): boolean {
  const last = chain.at(-1);
  const why = last && problemOf(last, chain.length - 1, search);
  if (!last || why != null) {
    search.reasons.add(why ?? 'there is no certificate');
    return false;
  }
  if (search.roots.some((root) => root.der.equals(last.der))) return isForCode(chain, search);
  if (chain.length === DEPTH) return false;
  return [...search.roots, ...search.intermediates].some((issuer) => {
    if (!issuer.subject.equals(last.issuer)) return false;
    if (chain.some(({ der }) => der.equals(issuer.der))) return false;
    search.tries -= 1;
    return search.tries >= 0 && hasSigned(issuer, last) && leadsToRoot([...chain, issuer], search);
  });
}

/** What speaks against a certificate with so many between it and the end of the chain. */
function problemOf(certificate: Certificate, position: number, { at }: Search): string | undefined {
  const unknown = unjudgedExtension(certificate);
  if (unknown != null) return `the critical extension ${unknown} is not known`;
  if (at < certificate.notBefore) return 'a certificate was not valid yet';
  if (at > certificate.notAfter) return 'a certificate was not valid any more';
  if (position === 0) return undefined;
  const { isCa, pathLength } = constraintsOf(certificate);
  if (!isCa || !maySignCertificates(certificate)) return 'its issuer may not sign certificates';
  if (pathLength != null && position - 1 > pathLength) return 'the chain is longer than it may be';
  if (certificate.extensions.has(OID.nameConstraints))
    return 'constraints of names are not looked at';
  const isOwnIssuer = certificate.subject.equals(certificate.issuer);
  return isOwnIssuer && !hasSigned(certificate, certificate)
    ? 'a root is not signed by itself'
    : undefined;
}

function hasSigned(issuer: Certificate, certificate: Certificate): boolean {
  try {
    return certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

/** Usages that an issuer does not have, none of what it signs has either. */
function isForCode(chain: readonly Certificate[], { reasons }: Search): boolean {
  const may = chain.every((certificate) => {
    const usages = usagesOf(certificate);
    return usages?.some((usage) => usage === CODE_SIGNING || usage === ANY_USAGE) ?? true;
  });
  if (!may) reasons.add('the certificate is not for signing code');
  return may;
}
