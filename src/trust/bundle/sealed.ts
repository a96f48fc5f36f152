import type { ArtifactLayer } from '../../oci/artifact.ts';
import { ENVELOPE_TYPE } from '../dsse/envelope.ts';
import { tryStrictJson } from '../json/strict-json.ts';
import { BUNDLE_TYPE, type Bundle, readBundle } from './bundle.ts';

/** Annotation of an envelope: the material of a bundle, by which its signer is verified. */
const MATERIAL = 'dev.lockstep.verification-material';

/**
 * A bundle as the layer of something else: cosign 3 takes any layer with the type of bundles for a
 * signature, whatever the type of the artifact, so it is an envelope with the rest beside it.
 */
export function sealedLayer(document: {
  verificationMaterial?: unknown;
  dsseEnvelope?: unknown;
}): ArtifactLayer {
  return {
    mediaType: ENVELOPE_TYPE,
    bytes: Buffer.from(JSON.stringify(document.dsseEnvelope)),
    annotations: { [MATERIAL]: JSON.stringify(document.verificationMaterial) },
  };
}

/** The bundle of such a layer; an envelope by itself has no material. Undefined for another layer. */
export function bundleInLayer({
  mediaType,
  bytes,
  annotations,
}: ArtifactLayer): Bundle | undefined {
  if (mediaType !== ENVELOPE_TYPE) return undefined;
  const verificationMaterial = tryStrictJson(Buffer.from(annotations?.[MATERIAL] ?? '{}'));
  const dsseEnvelope = tryStrictJson(bytes);
  const document = { mediaType: BUNDLE_TYPE, verificationMaterial, dsseEnvelope };
  return readBundle(Buffer.from(JSON.stringify(document)));
}
