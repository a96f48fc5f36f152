import { LockstepError } from '../../system/error.ts';

/** Code of the error for a certificate whose authority is not trusted here. */
export const UNTRUSTED = 'untrusted';

/** What Node.js says of certificates that nobody vouches for (OpenSSL's X509_V_ERR_…). */
const REASONS: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** The error for a certificate that is not trusted; undefined for other reasons. */
export function untrusted({ host }: URL, reason: string): LockstepError | undefined {
  if (!REASONS.has(reason)) return undefined;
  return new LockstepError(UNTRUSTED, `the certificate of ${host} is not trusted: ${reason}`, {
    context: { host, reason },
    hint: `name the file of its authority: SSL_CERT_FILE=FILE.pem; or put it into ~/.config/containers/certs.d/${host}/ca.crt`,
  });
}
