import { asBuffer } from '../elf/c-string.ts';

/** What stands behind a module: nothing, a message, or something that Linux cannot take. */
export type SignatureTrailer =
  | { state: 'absent'; content: Buffer }
  | { state: 'present'; content: Buffer; message: Buffer }
  /** `other-type`: no PKCS#7, which counts as unsigned. `broken`: refused whatever the settings. */
  | { state: 'other-type' | 'broken'; content: Buffer };

const MARKER = Buffer.from('~Module signature appended~\n', 'latin1');
const TRAILER_SIZE = 12;
const PKCS7 = 2;

/**
 * Splits a module from the signature appended to it (include/linux/module_signature.h and
 * `mod_check_sig`): content, message, twelve bytes of `struct module_signature`, marker.
 */
export function readSignatureTrailer(module: Uint8Array): SignatureTrailer {
  const bytes = asBuffer(module);
  const length = bytes.length - MARKER.length;
  if (length <= 0 || !bytes.subarray(length).equals(MARKER)) {
    return { state: 'absent', content: bytes };
  }
  const unmarked = bytes.subarray(0, length);
  if (length <= TRAILER_SIZE) return { state: 'broken', content: unmarked };
  const trailer = unmarked.subarray(length - TRAILER_SIZE);
  const size = trailer.readUInt32BE(8);
  if (size >= length - TRAILER_SIZE) return { state: 'broken', content: unmarked };
  if (trailer[2] !== PKCS7) return { state: 'other-type', content: unmarked };
  const others = [0, 1, 3, 4, 5, 6, 7];
  if (others.some((index) => trailer[index] !== 0)) return { state: 'broken', content: unmarked };
  const end = length - TRAILER_SIZE - size;
  return {
    state: 'present',
    content: bytes.subarray(0, end),
    message: bytes.subarray(end, end + size),
  };
}
