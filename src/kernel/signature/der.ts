import { LockstepError } from '../../system/error.ts';

/** One element of a DER encoding (X.690). */
export interface DerElement {
  tag: number;
  /** Tag, length and content. */
  raw: Uint8Array;
  content: Uint8Array;
}

export const DER = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context0Primitive: 0x80,
  context1: 0xa1,
} as const;

/** The elements that follow each other in a buffer; throws `invalid-content` when one is cut. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readDerElement(bytes, at);
    elements.push(element);
    at += element.raw.length;
  }
  return elements;
}

/** The element at an offset. */
export function readDerElement(bytes: Uint8Array, at = 0): DerElement {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag == null || first == null || (tag & 0x1f) === 0x1f) throw broken();
  const { length, size } = lengthAt(bytes, at + 1, first);
  const start = at + 1 + size;
  if (start + length > bytes.length) throw broken();
  return {
    tag,
    raw: bytes.subarray(at, start + length),
    content: bytes.subarray(start, start + length),
  };
}

/** The elements inside an element of this tag; throws `invalid-content` for another one. */
export function expectDer(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw broken();
  return element;
}

function lengthAt(bytes: Uint8Array, at: number, first: number): { length: number; size: number } {
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw broken();
  let length = 0;
  for (let index = 1; index <= count; index++) {
    const byte = bytes[at + index];
    if (byte == null) throw broken();
    length = length * 256 + byte;
  }
  return { length, size: 1 + count };
}

function broken(): LockstepError {
  return new LockstepError('invalid-content', 'broken ASN.1');
}
