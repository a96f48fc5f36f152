import type { ArtifactLayer } from '../../oci/artifact.ts';
import { isSignature } from '../key/is-signature.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';
import { type Claim, claimBytes, readClaim } from './claim.ts';

/** The layer of a `sha256-….sig` image that holds one signed claim. */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** Annotations of that layer: the signature in base64; of keyless ones also what proves the signer. */
export const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';
export const CERTIFICATE_ANNOTATION = 'dev.sigstore.cosign/certificate';
export const CHAIN_ANNOTATION = 'dev.sigstore.cosign/chain';
export const LOG_ENTRY_ANNOTATION = 'dev.sigstore.cosign/bundle';

/** One signature beside an image: a signed claim and what came with it. */
export interface SimpleSignature {
  payload: Uint8Array;
  signature: Buffer;
  annotations: Readonly<Record<string, string>>;
}

/** Signs a claim. */
export function signClaim(claim: Claim, signer: Signer): ArtifactLayer {
  const payload = claimBytes(claim);
  return layerOf(payload, signer.sign(payload));
}

/** The layer of a signed claim. */
export function layerOf(
  payload: Uint8Array,
  signature: Uint8Array,
  annotations: Readonly<Record<string, string>> = {},
): ArtifactLayer {
  return {
    mediaType: SIMPLE_SIGNING,
    bytes: payload,
    annotations: {
      [SIGNATURE_ANNOTATION]: Buffer.from(signature).toString('base64'),
      ...annotations,
    },
  };
}

/** The signature in a layer; undefined for a layer of another kind or without a signature. */
export function readSignature(layer: ArtifactLayer): SimpleSignature | undefined {
  const { mediaType, bytes, annotations = {} } = layer;
  const encoded = annotations[SIGNATURE_ANNOTATION];
  if (mediaType !== SIMPLE_SIGNING || encoded == null || !isBase64(encoded)) return undefined;
  return { payload: bytes, signature: Buffer.from(encoded, 'base64'), annotations };
}

/** True when this very signature is among those. */
export function holdsLayer(present: readonly SimpleSignature[], layer: ArtifactLayer): boolean {
  const own = readSignature(layer);
  return present.some(
    ({ payload, signature }) =>
      own != null && own.signature.equals(signature) && Buffer.compare(own.payload, payload) === 0,
  );
}

/** The claim of a signature that this key has signed; undefined when it has not. */
export function claimSignedBy(
  { payload, signature }: SimpleSignature,
  key: Pick<PublicKey, 'key'>,
): Claim | undefined {
  return isSignature(payload, signature, key) ? readClaim(payload) : undefined;
}

/** Readers written in Go take nothing but the standard form, with its padding. */
function isBase64(text: string): boolean {
  const bare = text.replace(/[\r\n]/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}
