import type { KeyObject } from 'node:crypto';

/** Bytes of a key on P-256, P-384 and P-521 with its point in full. */
const CURVE_BYTES = [91, 120, 158];

/**
 * True when these bytes are the usual form of the key. OpenSSL reads others too, such as points
 * that are written in short; Go does not.
 */
export function isPlainKey(
  key: KeyObject,
  der: Uint8Array,
  type: 'spki' | 'pkcs1' = 'spki',
): boolean {
  if (!key.export({ type, format: 'der' }).equals(der)) return false;
  return key.asymmetricKeyType !== 'ec' || CURVE_BYTES.includes(der.length);
}
