import type { ArtifactLayer } from '../../oci/artifact.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';
import {
  ENVELOPE_TYPE,
  envelopeBytes,
  isSignedBy,
  readEnvelope,
  signEnvelope,
} from './envelope.ts';

/** Signs what is recorded, and tells whose records count. */
export interface Seals {
  /** Content of a type as a signed layer; undefined where nobody has the key. */
  seal?: (type: string, content: Uint8Array) => ArtifactLayer;
  /** The content of a signed layer; undefined for another type, and when nobody who counts signed. */
  open(type: string, layer: ArtifactLayer): Uint8Array | undefined;
}

/** What these keys have signed counts; new records are sealed where there is a signer. */
export function sealsBy(keys: readonly PublicKey[], signer?: Signer): Seals {
  return {
    ...(signer && { seal: (type, content) => sealed(type, content, signer) }),
    open: (type, layer) => {
      const envelope = envelopeIn(type, layer);
      if (!envelope || !keys.some((key) => isSignedBy(envelope, key))) return undefined;
      return envelope.payload;
    },
  };
}

/** The content of a signed layer, whoever signed it. */
export function unverifiedContent(type: string, layer: ArtifactLayer): Uint8Array | undefined {
  return envelopeIn(type, layer)?.payload;
}

function sealed(type: string, content: Uint8Array, signer: Signer): ArtifactLayer {
  const bytes = envelopeBytes(signEnvelope(type, content, signer));
  return { mediaType: ENVELOPE_TYPE, bytes };
}

function envelopeIn(type: string, { mediaType, bytes }: ArtifactLayer) {
  if (mediaType !== ENVELOPE_TYPE) return undefined;
  const envelope = readEnvelope(bytes);
  return envelope?.payloadType === type ? envelope : undefined;
}
