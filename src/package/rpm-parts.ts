import { LockstepError } from '../system/error.ts';
import { type RpmHeader, readRpmHeader } from './rpm-header.ts';

const LEAD_SIZE = 96;
const LEAD_MAGIC = 0xedabeedb;

/** An RPM file, taken apart (rpm: docs/manual/format_v4.md). */
export interface RpmParts {
  lead: Uint8Array;
  /** Sizes, digests and signatures of what follows. */
  signature: Uint8Array;
  header: Uint8Array;
  /** What the header says. */
  facts: RpmHeader;
  /** A compressed cpio archive; of the head of a file only its start. */
  payload: Uint8Array;
}

/** Takes an RPM file apart, or the head of one. Throws `invalid-content`. */
export function readRpmParts(bytes: Uint8Array): RpmParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LEAD_SIZE || view.getUint32(0) !== LEAD_MAGIC) {
    throw new LockstepError('invalid-content', 'not an RPM package');
  }
  const { size } = readRpmHeader(bytes.subarray(LEAD_SIZE));
  const start = LEAD_SIZE + Math.ceil(size / 8) * 8;
  const facts = readRpmHeader(bytes.subarray(start));
  return {
    lead: bytes.subarray(0, LEAD_SIZE),
    signature: bytes.subarray(LEAD_SIZE, LEAD_SIZE + size),
    header: bytes.subarray(start, start + facts.size),
    facts,
    payload: bytes.subarray(start + facts.size),
  };
}
