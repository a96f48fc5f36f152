import * as z from 'zod/mini';
import { tryStrictJson } from '../json/strict-json.ts';
import { isSignatureOfCurve } from '../key/is-signature.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';

/** The layer that holds an envelope beside an image. */
export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

/** Signed content with its type (DSSE v1.0). */
export interface Envelope {
  payloadType: string;
  payload: Buffer;
  signatures: { keyid: string; sig: Buffer }[];
}

const Shape = z.object({
  payloadType: z.string(),
  payload: z.base64(),
  signatures: z
    .array(z.object({ keyid: z.nullish(z.string()), sig: z.base64() }))
    .check(z.minLength(1), z.maxLength(64)),
});

/**
 * Signs content. The key is not named: cosign 3 finds no signature in an envelope that names a key
 * which it was not told of.
 */
export function signEnvelope(payloadType: string, payload: Uint8Array, signer: Signer): Envelope {
  const sig = signer.sign(preAuthEncoding(payloadType, payload));
  return { payloadType, payload: Buffer.from(payload), signatures: [{ keyid: '', sig }] };
}

/** What is really signed: type and content with their lengths (DSSE v1.0, "PAE"). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** True when one of its signatures is by this key. */
export function isSignedBy(envelope: Envelope, key: Pick<PublicKey, 'key'>): boolean {
  const signed = preAuthEncoding(envelope.payloadType, envelope.payload);
  return envelope.signatures.some(({ sig }) => isSignatureOfCurve(signed, sig, key));
}

/** The envelope as JSON. */
export function envelopeBytes({ payloadType, payload, signatures }: Envelope): Buffer {
  const document = {
    payload: payload.toString('base64'),
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({
      ...(keyid === '' ? {} : { keyid }),
      sig: sig.toString('base64'),
    })),
  };
  return Buffer.from(JSON.stringify(document));
}

/** Reads an envelope; undefined for what is none. Nothing of it is verified yet. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  return envelopeOf(tryStrictJson(bytes));
}

/** The envelope in a value of JSON; undefined for what is none. */
export function envelopeOf(value: unknown): Envelope | undefined {
  const { success, data } = Shape.safeParse(value);
  if (!success) return undefined;
  return {
    payloadType: data.payloadType,
    payload: Buffer.from(data.payload, 'base64'),
    signatures: data.signatures.map(({ keyid, sig }) => ({
      keyid: keyid ?? '',
      sig: Buffer.from(sig, 'base64'),
    })),
  };
}
