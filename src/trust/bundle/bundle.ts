import * as z from 'zod/mini';
import { type Envelope, envelopeBytes, envelopeOf } from '../dsse/envelope.ts';
import { tryStrictJson } from '../json/strict-json.ts';
import type { PublicKey } from '../key/public-key.ts';

/** The bundles that are written: media type of the layer and artifact type of its manifest. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Every version of bundles that clients of sigstore read. */
const TYPES = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.3\+json|\+json;version=0\.[123])$/;

/** A signed envelope with what is needed to verify it (sigstore's protobuf-specs, Bundle). */
export interface Bundle {
  envelope: Envelope;
  /** How it names the public key; undefined when it carries a certificate. */
  hint: string | undefined;
  /** The whole document, as clients of sigstore read it. */
  document: unknown;
}

const Shape = z.looseObject({
  mediaType: z.string().check(z.regex(TYPES)),
  verificationMaterial: z.looseObject({
    publicKey: z.optional(z.object({ hint: z._default(z.string(), '') })),
  }),
  dsseEnvelope: z.unknown(),
});

/** True for the type of a bundle of whatever version. */
export function isBundleType(type: string | undefined): boolean {
  return type != null && TYPES.test(type);
}

/** The bundle of an envelope that this key has signed. */
export function bundleBytes(envelope: Envelope, key: Pick<PublicKey, 'hint'>): Buffer {
  const document = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: key.hint } },
    dsseEnvelope: JSON.parse(envelopeBytes(envelope).toString()) as object,
  };
  return Buffer.from(JSON.stringify(document));
}

/**
 * Reads a bundle; undefined for what is none or holds no envelope with exactly one signature, which
 * is all that a bundle may hold. Nothing of it is verified yet.
 */
export function readBundle(bytes: Uint8Array): Bundle | undefined {
  const document = tryStrictJson(bytes);
  const { success, data } = Shape.safeParse(document);
  const envelope = success ? envelopeOf(data.dsseEnvelope) : undefined;
  if (!success || envelope?.signatures.length !== 1) return undefined;
  return { envelope, hint: data.verificationMaterial.publicKey?.hint, document };
}
