import type { ArtifactLayer } from '../../oci/artifact.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';
import {
  ENVELOPE_TYPE,
  type Envelope,
  envelopeBytes,
  isSignedBy,
  readEnvelope,
  signEnvelope,
} from './envelope.ts';

/** Content of a type as a signed layer. */
export type Seal = (type: string, content: Uint8Array) => Promise<ArtifactLayer>;

/** Signs what is recorded, and tells whose records count. */
export interface Seals {
  /** Undefined where nobody has the key. */
  seal?: Seal;
  /** The content of a signed layer; undefined for another type, and when nobody who counts signed. */
  open(type: string, layer: ArtifactLayer): Uint8Array | undefined;
}

/** What these keys have signed counts; new records are sealed where there is a signer. */
export function sealsBy(keys: readonly PublicKey[], signer?: Signer): Seals {
  return {
    ...(signer && { seal: sealBy(signer) }),
    open: (type, layer) => {
      const envelope = envelopeIn(type, layer);
      if (!envelope || !keys.some((key) => isSignedBy(envelope, key))) return undefined;
      return envelope.payload;
    },
  };
}

/** Seals with a key. */
export function sealBy(signer: Signer): Seal {
  return async (type, content) => {
    const bytes = envelopeBytes(signEnvelope(type, content, signer));
    return { mediaType: ENVELOPE_TYPE, bytes };
  };
}

/** What counts for one of these counts; new records are sealed in this way. */
export function anyOf(parts: readonly Pick<Seals, 'open'>[], seal?: Seal): Seals {
  return {
    ...(seal && { seal }),
    open: (type, layer) => {
      for (const part of parts) {
        const content = part.open(type, layer);
        if (content) return content;
      }
      return undefined;
    },
  };
}

/** The content of a signed layer, whoever signed it. */
export function unverifiedContent(type: string, layer: ArtifactLayer): Uint8Array | undefined {
  return envelopeIn(type, layer)?.payload;
}

function envelopeIn(type: string, { mediaType, bytes }: ArtifactLayer): Envelope | undefined {
  if (mediaType !== ENVELOPE_TYPE) return undefined;
  const envelope = readEnvelope(bytes);
  return envelope?.payloadType === type ? envelope : undefined;
}
